"""Layouts in which corpora lie on disk, recognized by what is in a folder, or named: `kaldi:FOLDER`."""

from __future__ import annotations

from pathlib import Path
from typing import Protocol

from codecbench.api import Dataset
from codecbench.datasets.layouts import audiofolder, commonvoice, kaldi, librispeech, libritts, ljspeech, nemo, vctk


class Layout(Protocol):
    """What a module of this package is. `NAME` stands before the colon on the command line."""

    NAME: str
    WHAT: str
    """What the layout is of and looks like, for documents and messages."""

    def recognizes(self, place: Path) -> bool:
        """Whether the folder or file `place` is of this layout, even where a part of it is missing; reads little."""
        ...

    def read(self, place: Path) -> Dataset:
        """Its utterances. Raises UsageError, in one line, for what cannot be read as this layout."""
        ...


LAYOUTS: tuple[Layout, ...] = (kaldi, nemo, commonvoice, vctk, ljspeech, audiofolder, librispeech, libritts)
"""In the order in which they are tried."""


def recognized(place: Path) -> Layout | None:
    """The layout of `place`; None where it is of none of them."""
    return next((layout for layout in LAYOUTS if layout.recognizes(place)), None)


def named(name: str) -> Layout | None:
    """The layout of this name."""
    return next((layout for layout in LAYOUTS if name == layout.NAME), None)
