"""The labelling service in a process of its own, to be killed and started: ``label_server.py URL PORT FOLDER``."""

import os
import signal
import socket
import subprocess
import sys
import time
import urllib.request
from pathlib import Path


class Server:
    """A running service over a database URL; ``kill`` is kill -9."""

    def __init__(self, url: str, folder: Path) -> None:
        self.url, self.folder = url, folder
        with socket.socket() as found:
            found.bind(("127.0.0.1", 0))
            self.port = found.getsockname()[1]
        self.address = f"http://127.0.0.1:{self.port}"
        self.process: subprocess.Popen | None = None

    def start(self) -> None:
        command = [sys.executable, __file__, self.url, str(self.port), str(self.folder)]
        self.process = subprocess.Popen(command, start_new_session=True)
        end = time.monotonic() + 60
        while time.monotonic() < end:
            try:
                urllib.request.urlopen(f"{self.address}/healthz", timeout=1).close()
            except OSError:
                if self.process.poll() is not None:
                    raise AssertionError("the service did not start") from None
                time.sleep(0.05)
            else:
                return
        raise AssertionError("the service did not answer within a minute")

    def kill(self) -> None:
        if self.process is not None:
            os.kill(self.process.pid, signal.SIGKILL)
            self.process.wait()
            self.process = None


def main() -> None:
    import uvicorn

    from pilot.label.app import create_app
    from pilot.label.store import open_store
    from pilot.label.visit import Settings

    url, port, folder = sys.argv[1], int(sys.argv[2]), Path(sys.argv[3])
    app = create_app(open_store(url), Settings(b"k" * 32, False, folder))
    uvicorn.run(app, host="127.0.0.1", port=port, log_level="critical", access_log=False)


if __name__ == "__main__":
    sys.path.insert(0, str(Path(__file__).parent.parent))
    main()
