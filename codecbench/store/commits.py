"""When what was written is committed: a second's work at a time, for a commit of each row costs more than the row."""

from __future__ import annotations

import sqlite3
import threading
from contextlib import suppress

SECONDS = 1.0
"""A kill loses at most the rows of this time; the same command computes them again."""


class Commits:
    """The commits of one connection, which threads share (SQLite itself takes turns between their statements)."""

    def __init__(self, connection: sqlite3.Connection, seconds: float = SECONDS) -> None:
        self._connection, self._seconds = connection, seconds
        self._lock = threading.Lock()
        self._timer: threading.Timer | None = None

    def soon(self) -> None:
        """Something was written: commit it within `seconds`, also where nothing is written after it."""
        with self._lock:
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
