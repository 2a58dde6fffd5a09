"""Runs as arguments: one folder, or several to be read as one."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:  # what --help does not need
    from codecbench.store.rows import Results


def read_runs(folders: Iterable[Path]) -> Results:
    """One run, or several merged. Raises UsageError where one is no run, has no results, or is unlike the others."""
    from codecbench.store import open_run
    from codecbench.tables.merge import Run, merge

    return merge([Run(str(folder), open_run(folder)) for folder in folders])
