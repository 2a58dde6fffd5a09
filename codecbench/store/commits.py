"""When what was written is committed: a second's work at a time, for a commit of each row costs more than the row."""

from __future__ import annotations

import sqlite3
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress

SECONDS = 1.0
"""A kill loses at most the rows of this time; the same command computes them again."""


class Commits:
    """The writes and commits of one connection that threads share.

    They take turns whole: Python's sqlite3 asks whether a transaction is open and begins one in two steps, so that two
    threads that write at once both begin ("cannot start a transaction within a transaction").
    """

    def __init__(self, connection: sqlite3.Connection, seconds: float = SECONDS) -> None:
        self._connection, self._seconds = connection, seconds
        self._lock = threading.Lock()
        self._timer: threading.Timer | None = None

    @contextmanager
    def writing(self) -> Iterator[sqlite3.Connection]:
        """The connection, for this thread alone; what it writes is committed within `seconds`, whatever follows."""
        with self._lock:
            yield self._connection
            if self._timer is None:
                self._timer = threading.Timer(self._seconds, self._commit)
                self._timer.daemon = True
                self._timer.start()

    def now(self) -> None:
        """Commit. Raises sqlite3.Error where the disk is full, for one."""
        with self._lock:
            if self._timer is not None:
                self._timer.cancel()
                self._timer = None
            self._connection.commit()

    def _commit(self) -> None:
        with self._lock:
            self._timer = None
            with suppress(sqlite3.Error):  # the rows still wait: whoever writes next, or closes, meets the same error
                self._connection.commit()
