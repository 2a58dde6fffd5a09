"""When what was written is committed: a second's work at a time, for a commit of each row costs more than the row."""

from __future__ import annotations

import sqlite3
import threading
from collections.abc import Iterator
from contextlib import contextmanager

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
        self._failed: sqlite3.Error | None = None
        """Of the timer, which nobody hears: SQLite takes back what could not be committed, and would go on."""

    @contextmanager
    def writing(self) -> Iterator[sqlite3.Connection]:
        """The connection, for this thread alone; what it writes is committed within `seconds`, whatever follows.

        Raises sqlite3.Error where what was written before could not be committed.
        """
        with self._lock:
            self._tell()
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
            self._tell()
            self._connection.commit()

    def _commit(self) -> None:
        with self._lock:
            self._timer = None
            try:
                self._connection.commit()
            except sqlite3.Error as error:  # whoever writes next, or closes, meets it
                self._failed = error

    def _tell(self) -> None:
        if self._failed is not None:
            raise self._failed
