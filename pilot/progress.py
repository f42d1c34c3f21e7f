"""What people see while work takes longer than two seconds: what it is at, and for how long."""

import sys
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from typing import IO, Any, TypeVar

AFTER = 2.0
"""Seconds after which something is shown."""
EVERY = 30.0
"""Seconds between two lines where the output is no terminal."""
MANY = 20_000
"""Texts from which on going through them is shown."""
T = TypeVar("T")


@contextmanager
def at_work(what: str, stream: IO[str] | None = None) -> Iterator[Callable[..., None]]:
    """Show on standard error that the work within goes on, once it has taken two seconds.

    On a terminal one line is renewed every second and taken away in the end; elsewhere, as in a log, a line is written
    now and then. What is within must not write to a terminal by other ways than the function that is yielded.

    Parameters
    ----------
    what
        The work, in a few words.
    stream
        Where to write; standard error if none is given.

    Yields
    ------
    Callable[..., None]
        To be called with lines to write, and ``now=`` what is worked at from here on.
    """
    stream = sys.stderr if stream is None else stream
    line = _Line(what, stream)
    thread = threading.Thread(target=line.keep_alive, daemon=True)
    thread.start()
    try:
        yield line.tell
    finally:
        line.over.set()
        thread.join()
        line.wipe()


class _Line:
    """The line that is renewed; a bar of tqdm, so that other bars and lines find their place beside it."""

    def __init__(self, what: str, stream: IO[str]) -> None:
        self.what, self.stream, self.over = what, stream, threading.Event()
        self.began, self.lock = time.monotonic(), threading.Lock()
        self.bar: Any = None

    def keep_alive(self) -> None:
        pause = AFTER
        while not self.over.wait(pause):
            with self.lock:
                pause = self._show()

    def _show(self) -> float:
        """Show how it stands; return the seconds until the next time."""
        seconds = time.monotonic() - self.began
        if not self.stream.isatty():
            self.stream.write(f"pilot: {self.what}, {seconds:.0f} s so far\n")
            self.stream.flush()
            return EVERY
        if self.bar is None:
            from tqdm import tqdm

            self.bar = tqdm(file=self.stream, bar_format="{desc}", leave=False)
        self.bar.set_description_str(f"{self.what}, {seconds:.0f} s")
        return 1.0

    def tell(self, *lines: str, now: str = "") -> None:
        """Write lines, and say what is worked at from here on."""
        from tqdm import tqdm

        with self.lock:
            if now:
                self.what, self.began = now, time.monotonic()
            if self.bar is not None:
                self.bar.set_description_str(self.what, refresh=False)
            for each in lines:
                tqdm.write(each, file=self.stream)

    def wipe(self) -> None:
        if self.bar is not None:
            self.bar.close()


def one_by_one(items: Sequence[T], what: str, size: int | None = None) -> Iterator[T]:
    """Go through ``items``, with a bar and an estimate on standard error where it is a terminal and they are many.

    ``size`` says how much work that is if not as much as there are items.
    """
    from tqdm import tqdm

    disable = None if (len(items) if size is None else size) >= MANY else True
    return iter(tqdm(items, what, leave=False, mininterval=0.5, delay=1, disable=disable))
