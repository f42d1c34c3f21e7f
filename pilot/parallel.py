"""The seam for scale: work goes through joblib, in order; on a Dask cluster where one is named."""

from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from hashlib import sha256
from pathlib import Path
from typing import Any

from pilot.records import InputError

_PATIENCE = 15
"""Seconds within which a scheduler must answer."""


def in_order(work: Callable[..., Any], arguments: Iterable[tuple[Any, ...]]) -> Iterator[Any]:
    """Yield ``work(*each)`` in order: one after the other, as asked for, or ahead on the cluster of `on_cluster`."""
    import joblib

    calls = (joblib.delayed(work)(*each) for each in arguments)
    found: Iterator[Any] = joblib.Parallel(return_as="generator")(calls)
    return found


@contextmanager
def alone() -> Iterator[None]:
    """Let nothing inside go parallel by joblib: the work of a worker stays with it."""
    import joblib

    with joblib.parallel_config(backend="sequential"):
        yield


@contextmanager
def on_cluster(address: str | None) -> Iterator[None]:
    """Let `in_order` use the Dask cluster at ``address`` (``tcp://host:port``); None: this process alone.

    Raises
    ------
    InputError
        If Dask is not installed, nobody answers there, or the workers cannot give the results this process would.
    """
    if address is None:
        yield
        return
    import joblib

    try:
        from distributed import Client
    except ImportError:
        raise InputError(
            "--cluster needs dask and distributed; install them with `.venv/bin/pip install 'pilot[cluster]'`"
        ) from None
    try:
        client = Client(address, timeout=_PATIENCE, set_as_default=True)
    except (OSError, ValueError) as error:
        raise InputError(
            f"--cluster {address}: no Dask scheduler answers ({type(error).__name__}); start one with `dask scheduler` "
            "and give the tcp:// address it prints"
        ) from None
    with client:
        if faults := _worker_faults(client, address):
            raise InputError(*faults)
        with joblib.parallel_config(backend="dask", n_jobs=-1):
            yield


def _worker_faults(client: Any, address: str) -> list[str]:
    """Return what stands against the workers: none there, other code, or threads that would share random states."""
    threads = client.nthreads()
    if not threads:
        return [f"--cluster {address}: no workers; start some with `dask worker {address} --nthreads 1`"]
    faults = [
        f"{worker}: {count} threads; models seed what a process shares, so start it with --nthreads 1"
        for worker, count in threads.items()
        if count > 1
    ]
    try:
        codes = client.run(code_hash)
    except Exception as error:  # whatever the worker raised: most likely it has no such module
        return [
            *faults,
            f"--cluster {address}: a worker cannot load pilot ({error}); install it there as here",
        ]
    return faults + [
        f"{worker}: runs another version of pilot than this process; update it to the same commit"
        for worker, code in codes.items()
        if code != code_hash()
    ]


def code_hash() -> str:
    """Return a hash of this package's source."""
    digest, package = sha256(), Path(__file__).parent
    for path in sorted(package.rglob("*.py")):
        digest.update(str(path.relative_to(package)).encode() + path.read_bytes())
    return digest.hexdigest()[:16]
