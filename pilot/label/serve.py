"""Running the service: on this machine only unless told otherwise, and never in the clear over a network."""

import ipaddress
from collections.abc import Callable
from pathlib import Path

from sqlalchemy import func, select

from pilot import project
from pilot.label.app import create_app
from pilot.label.security import load_secret
from pilot.label.store import Store, open_store
from pilot.label.tables import tasks, users
from pilot.label.visit import Settings
from pilot.ports import refuse_taken
from pilot.records import InputError


def check_network(host: str, certificate: Path | None, key: Path | None, behind_proxy: bool) -> None:
    """Refuse a way of serving that would send passwords in the clear or cannot work.

    Raises
    ------
    InputError
        With what is wrong and the ways that work.
    """
    faults = [f"{path}: no such file" for path in (certificate, key) if path and not path.is_file()]
    if (certificate is None) != (key is None):
        faults.append("--certificate and --key go together; give both or none")
    if certificate and behind_proxy:
        faults.append("--certificate and --behind-proxy exclude each other: TLS ends here or at the proxy")
    if not (_loopback(host) or certificate or behind_proxy):
        faults.append(
            f"--host {host} is open to the network without TLS; add --certificate FILE --key FILE, or stay on "
            "127.0.0.1 behind a reverse proxy with --behind-proxy (HUONG_DAN.md has a recipe)"
        )
    if faults:
        raise InputError(*faults)


def serve(
    host: str,
    port: int,
    database: str | None,
    certificate: Path | None,
    key: Path | None,
    behind_proxy: bool,
    say: Callable[[str], None],
) -> None:  # fmt: skip
    """Serve until stopped.

    Parameters
    ----------
    host, port
        Where to listen.
    database
        URL; None for SQLite below the state folder.
    certificate, key
        Files in PEM form for TLS, or None.
    behind_proxy
        Whether a proxy on this machine ends TLS and tells the caller's address.
    say
        Takes each line for the person who started it.
    """
    import uvicorn

    check_network(host, certificate, key, behind_proxy)
    refuse_taken(host, port, "perhaps the service runs already; else give another with --port")
    store = open_store(database)
    folder = project.state("label")
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    secure = bool(certificate) or behind_proxy
    settings = Settings(load_secret(folder / "secret.key"), secure, project.state("reports"))
    for line in _advice(store):
        say(line)
    say(f"Labelling: {'https' if certificate else 'http'}://{host}:{port} (Ctrl+C ends it)")
    uvicorn.run(
        create_app(store, settings), host=host, port=port, log_level="warning", access_log=False, server_header=False,
        ssl_certfile=certificate, ssl_keyfile=key, proxy_headers=behind_proxy, forwarded_allow_ips="127.0.0.1",
    )  # fmt: skip


def _advice(store: Store) -> list[str]:
    with store.reading() as connection:
        people = connection.execute(select(func.count()).select_from(users)).scalar_one()
        work = connection.execute(select(func.count()).select_from(tasks)).scalar_one()
    lines = []
    if not people:
        lines.append("No accounts yet: pilot label user add NAME --role administrator")
    if not work:
        lines.append("No tasks yet: pilot label import data/sample (or another dataset)")
    return lines


def _loopback(host: str) -> bool:
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"
