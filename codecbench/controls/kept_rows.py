"""What long measurements keep, so that they go on from it: a file of JSON lines, a row each."""

from __future__ import annotations

import json
import os
from collections.abc import Callable, Iterator
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

if TYPE_CHECKING:
    from _typeshed import DataclassInstance

RowT = TypeVar("RowT")


def read_rows(file: Path, make: Callable[[dict[str, Any]], RowT]) -> Iterator[RowT]:
    """What `make` makes of each line; none where there is no file.

    A line that a kill cut short, or that has not the fields of a row, is left out: it is measured again.
    """
    for line in file.read_text(encoding="utf-8").splitlines() if file.is_file() else ():
        try:
            yield make(json.loads(line))
        except (json.JSONDecodeError, TypeError, KeyError):
            continue


def add_row(file: Path, row: DataclassInstance) -> None:
    """Append `row`, on a line of its own also behind one that was cut short."""
    with file.open("a+b") as out:
        if out.seek(0, os.SEEK_END):
            out.seek(-1, os.SEEK_END)
        whole = out.read(1) in (b"", b"\n")
        out.write((("" if whole else "\n") + json.dumps(asdict(row)) + "\n").encode())
