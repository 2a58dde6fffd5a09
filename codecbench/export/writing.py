"""A file that is whole or not there; files of a folder, before they are written."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path, PurePosixPath


@contextmanager
def replaced(out: Path) -> Iterator[Path]:
    """A place to write to, which takes the place of `out` at the end; on an error nothing of it is left."""
    partial = out.with_name(f"{out.name}.partial")
    try:
        yield partial
        partial.replace(out)
    finally:
        partial.unlink(missing_ok=True)


@dataclass(frozen=True)
class TextFile:
    """A file to be written, its place relative to the folder that is asked for."""

    path: PurePosixPath
    text: str
