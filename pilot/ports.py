"""Whether a port of this machine is free for a server, and if not, who is there."""

import errno
import socket
import urllib.request
from collections.abc import Iterable

from pilot.records import InputError


def refuse_taken(host: str, port: int, remedy: str) -> None:
    """Refuse a port where a server cannot listen.

    Raises
    ------
    InputError
        If something listens there already, or this user or machine may not; ends with ``remedy``.
    """
    if fault := why_not(host, port):
        raise InputError(f"{host}:{port} {fault}; {remedy}")


def standing(places: Iterable[tuple[str, str, int, str]]) -> str:
    """Say what listens where servers of this project would.

    Parameters
    ----------
    places
        For each server: its name, host and port, and a page that answers where it runs.

    Raises
    ------
    InputError
        If another program is in the place of one.
    """
    found = []
    for name, host, port, page in places:
        fault = why_not(host, port)
        if fault and not answers(f"http://{host}:{port}/{page}"):
            raise InputError(f"{host}:{port}, which {name} would use, {fault}")
        found.append(f"{port} {f'{name} is at work' if fault else 'free'}")
    return ", ".join(found)


def why_not(host: str, port: int) -> str:
    """Return why a server cannot listen at a place, "" if it can."""
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    try:
        socket.create_server((host, port), family=family).close()
    except OverflowError:
        return "is no port; expected a number up to 65535"
    except OSError as error:
        if error.errno == errno.EADDRINUSE:
            return "is taken by another program"
        if error.errno == errno.EACCES:
            return "is kept for the system; ports from 1024 on are free for all"
        return f"cannot be listened at ({error.strerror or error})"
    return ""


def answers(address: str) -> bool:
    """Say whether a server of this machine gives a page at an address within two seconds."""
    try:
        with urllib.request.build_opener(urllib.request.ProxyHandler({})).open(address, timeout=2) as page:
            return page.status == 200
    except (OSError, ValueError):
        return False
