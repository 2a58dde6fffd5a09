"""Opening a run to read it."""

from __future__ import annotations

from pathlib import Path

from codecbench.errors import UsageError
from codecbench.store.rows import StoredResults
from codecbench.store.writing import Store


def open_run(folder: Path) -> StoredResults:
    """Every current row of the run in `folder`. Raises UsageError where there is no run, or one without results."""
    with Store(folder) as store:
        require_results(store)
        return store.results()


def require_results(store: Store) -> None:
    """Raises UsageError where the run was stopped before its plan was written."""
    if not store.meta().get("revision"):
        raise UsageError(
            f"'{store.folder}' contains no results yet: the run stopped before it started; run the same command again"
        )
