"""A run's folder or a committed file, read as the one thing that is compared."""

from __future__ import annotations

from pathlib import Path

from codecbench.errors import UsageError
from codecbench.gate.baseline import Baseline
from codecbench.gate.document import read_document
from codecbench.gate.from_run import read_run


def load_baseline(path: Path) -> Baseline:
    """A run's folder or a baseline file. Raises UsageError where it is neither, or not readable."""
    if path.is_dir():
        return read_run(path)
    if not path.is_file():
        raise UsageError(f"'{path}' is neither a run's folder nor a baseline; write one: codecbench baseline write RUN")
    return read_document(path)
