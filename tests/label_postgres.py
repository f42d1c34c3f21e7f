"""A PostgreSQL of its own for a test: made, started, crashed and thrown away with Debian's package."""

import os
import pwd
import shutil
import socket
import subprocess
import tempfile
from pathlib import Path


def binaries() -> Path | None:
    """The newest installed server's programs, or None."""
    found = sorted(Path("/usr/lib/postgresql").glob("*/bin/initdb"), key=lambda path: int(path.parts[-3]))
    return found[-1].parent if found else None


class Postgres:
    """A server in a folder of its own; it refuses to run as root, so root lends the folder to the package's user."""

    def __init__(self) -> None:
        self.folder = folder = Path(
            tempfile.mkdtemp(prefix="pilot-pg-")
        )  # pytest's own folder is closed to others
        self.programs, self.data = binaries(), folder / "data"
        self.prefix: list[str] = []
        if os.geteuid() == 0:
            self.prefix = ["runuser", "-u", "postgres", "--"]
            shutil.chown(folder, pwd.getpwnam("postgres").pw_uid)
        with socket.socket() as found:
            found.bind(("127.0.0.1", 0))
            self.port = found.getsockname()[1]
        self._run("initdb", "-D", self.data, "-U", "pilot", "--auth=trust", "-E", "UTF8", "--locale=C.UTF-8")
        self.start()
        self._run("createdb", "-h", "127.0.0.1", "-p", self.port, "-U", "pilot", "label")
        self.url = f"postgresql://pilot@127.0.0.1:{self.port}/label"

    def start(self) -> None:
        options = f"-p {self.port} -k {self.folder} -c listen_addresses=127.0.0.1"
        self._run("pg_ctl", "-D", self.data, "-w", "-l", self.folder / "log", "-o", options, "start")

    def crash(self) -> None:
        """Stop without writing anything more, as when the machine loses power."""
        self._run("pg_ctl", "-D", self.data, "-m", "immediate", "stop")

    def remove(self) -> None:
        """Stop, and leave nothing behind."""
        self.crash()
        shutil.rmtree(self.folder)

    def _run(self, program: str, *arguments: object) -> None:
        command = [*self.prefix, str(self.programs / program), *map(str, arguments)]
        with tempfile.TemporaryFile("w+") as out:  # a pipe would stay open with the server
            code = subprocess.run(command, check=False, stdout=out, stderr=out, cwd="/").returncode
            out.seek(0)
            assert code == 0, f"{program}: {out.read()[-2000:]}"
