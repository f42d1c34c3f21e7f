"""One thread that writes for all requests: what waits is committed together, so one disk sync serves many.

A request is answered only after the commit that holds its changes. Each piece of work runs in its own savepoint:
a failing one takes nothing else with it.
"""

import queue
import threading
from collections.abc import Callable
from concurrent.futures import Future
from typing import Any, TypeVar

from sqlalchemy import Connection, Engine
from sqlalchemy.exc import DBAPIError, SQLAlchemyError

T = TypeVar("T")
Work = tuple[Callable[[Connection], Any], "Future[Any]"]
Outcome = tuple[Any, Exception | None]
MOST = 64
"""Pieces of work in one transaction at most."""


class Writer:
    """Runs work against the database in the order it comes.

    Parameters
    ----------
    engine
        Where the work is written.
    """

    def __init__(self, engine: Engine) -> None:
        self._engine = engine
        self._waiting: queue.SimpleQueue[Work | None] = queue.SimpleQueue()
        self._lock = threading.Lock()
        self._thread: threading.Thread | None = None

    def run(self, work: Callable[[Connection], T]) -> T:
        """Return what ``work`` returns, once its changes are on disk; raise what it raises."""
        with self._lock:
            if self._thread is None:
                self._thread = threading.Thread(target=self._loop, name="label-writer", daemon=True)
                self._thread.start()
        done: Future[T] = Future()
        self._waiting.put((work, done))
        return done.result()

    def close(self) -> None:
        """Finish what waits and end the thread."""
        with self._lock:
            if self._thread is not None:
                self._waiting.put(None)
                self._thread.join()
                self._thread = None

    def _loop(self) -> None:
        while (first := self._waiting.get()) is not None:
            batch, last = [first], False
            while len(batch) < MOST and not self._waiting.empty():
                item = self._waiting.get()
                if item is None:
                    last = True
                    break
                batch.append(item)
            self._commit(batch)
            if last:
                return

    def _commit(self, batch: list[Work]) -> None:
        """Write a batch; if the transaction as a whole fails, each piece by itself."""
        outcomes: list[Outcome]
        try:
            with self._engine.begin() as connection:
                if len(batch) == 1:  # the transaction itself undoes what fails
                    outcomes = [(batch[0][0](connection), None)]
                else:
                    outcomes = [_outcome(connection, work) for work, _ in batch]
        except Exception as error:
            if len(batch) == 1 or not isinstance(error, SQLAlchemyError):
                for _, done in batch:
                    done.set_exception(error)
            else:
                for item in batch:
                    self._commit([item])
            return
        for (_, done), (value, failure) in zip(batch, outcomes, strict=True):
            if failure is None:
                done.set_result(value)
            else:
                done.set_exception(failure)


def _outcome(connection: Connection, work: Callable[[Connection], Any]) -> Outcome:
    savepoint = connection.begin_nested()
    try:
        value = work(connection)
    except Exception as error:
        if isinstance(error, DBAPIError) and error.connection_invalidated:
            raise  # what came before in this transaction is gone too
        savepoint.rollback()
        return None, error
    savepoint.commit()
    return value, None
