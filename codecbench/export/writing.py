"""Files of a folder, before they are written."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import PurePosixPath


@dataclass(frozen=True)
class TextFile:
    """A file to be written, its place relative to the folder that is asked for."""

    path: PurePosixPath
    text: str
