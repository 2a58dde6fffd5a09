"""Files that the verbs write: what cannot be one is refused before the work, what could not be written is one line."""

from __future__ import annotations

import os
from pathlib import Path

from codecbench.errors import UsageError


def check_out(out: Path, example: str) -> None:
    """Raises UsageError where `--out` cannot be a file; `example` is the name that a folder is answered with."""
    if out.is_dir():
        raise UsageError(f"--out '{out}' is a folder; give a file in it, for example {out / example}")
    if not out.parent.is_dir():
        raise UsageError(f"--out '{out}': there is no folder '{out.parent}'; make it first")
    if not os.access(out if out.exists() else out.parent, os.W_OK):
        raise UsageError(f"--out '{out}' cannot be written: no permission")


def save(path: Path, text: str, *, append: bool = False) -> None:
    """Raises UsageError where the file cannot be written. Appending is what $GITHUB_STEP_SUMMARY wants."""
    try:
        with path.open("a" if append else "w", encoding="utf-8") as file:
            file.write(text)
    except OSError as error:
        raise UsageError(f"'{path}' cannot be written: {error.strerror}") from error
