"""Opening a run's database: to write it, or to read it wherever it lies."""

from __future__ import annotations

import sqlite3
from pathlib import Path
from urllib.parse import quote

from codecbench.errors import UsageError


def writable(path: Path) -> sqlite3.Connection:
    """Made if need be. One process writes, in two threads (`codecbench.run.execute`) that take turns (`Commits`)."""
    return sqlite3.connect(path, check_same_thread=False)


def readable(path: Path) -> sqlite3.Connection:
    """For reading alone, also in a folder that may not be written into.

    A run that was killed leaves its last rows in a file beside, which can be read only where SQLite may write.

    Raises:
        UsageError: it cannot be opened.
    """
    place = f"file:{quote(str(path.absolute()))}?mode=ro"
    connection = sqlite3.connect(place, uri=True, check_same_thread=False)
    try:
        connection.execute("SELECT 1 FROM sqlite_master").fetchone()
        return connection
    except sqlite3.OperationalError as error:
        connection.close()
        log = path.with_name(f"{path.name}-wal")
        if log.exists() and log.stat().st_size:
            raise UsageError(
                f"'{path}' cannot be read here ({error}): the run was killed, and its last rows are in '{log.name}', "
                "which takes a folder that may be written into; copy the folder there"
            ) from error
    return sqlite3.connect(f"{place}&immutable=1", uri=True, check_same_thread=False)


def problem(path: Path, error: sqlite3.DatabaseError) -> UsageError:
    """In one line: whether it is no run, or one that cannot be opened here."""
    said = str(error)
    if isinstance(error, sqlite3.OperationalError) and not said.startswith("no such table"):
        return UsageError(f"'{path}' cannot be opened: {said}")
    return UsageError(f"'{path}' is not a codecbench run: {said}")
