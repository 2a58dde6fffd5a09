"""Files that the verbs write: what cannot be one is refused before the work, what could not be written is one line."""

from __future__ import annotations

import json
import os
from dataclasses import asdict
from pathlib import Path
from typing import Any

import click

from codecbench.errors import UsageError


def check_out(out: Path, example: str, option: str = "--out") -> None:
    """Raises UsageError where what `option` names cannot be a file; `example` is what a folder is answered with."""
    if out.is_dir():
        raise UsageError(f"{option} '{out}' is a folder; give a file in it, for example {out / example}")
    if not out.parent.is_dir():
        raise UsageError(f"{option} '{out}': there is no folder '{out.parent}'; make it first")
    if not os.access(out if out.exists() else out.parent, os.W_OK):
        raise UsageError(f"{option} '{out}' cannot be written: no permission")


def check_record(out: Path, example: str) -> None:
    """As `check_out`, for a file of Markdown whose figures are written beside it. Raises UsageError."""
    check_out(out, example)
    if out.suffix == ".json":
        raise UsageError(f"--out '{out}': give the name of the Markdown file; its figures go beside it, as .json")
    check_out(out.with_suffix(".json"), example)


def save_record(out: Path, markdown: str, record: Any) -> None:
    """Writes `markdown`, and beside it the fields of the dataclass `record` that it was printed from, as JSON.

    Raises:
        UsageError: a file cannot be written.
    """
    save(out, markdown)
    text = json.dumps(asdict(record), indent=1, ensure_ascii=False, allow_nan=False)
    save(out.with_suffix(".json"), f"{text}\n")


def tell_record(record: Any, markdown: str, out: Path | None) -> None:
    """Prints what was found; with `out` into that file too, as `save_record` does. Raises UsageError."""
    click.echo(markdown, nl=False)
    if out is not None:
        save_record(out, markdown, record)


def save(path: Path, text: str, *, append: bool = False) -> None:
    """Raises UsageError where the file cannot be written. Appending is what $GITHUB_STEP_SUMMARY wants."""
    try:
        with path.open("a" if append else "w", encoding="utf-8") as file:
            file.write(text)
    except OSError as error:
        raise UsageError(f"'{path}' cannot be written: {error.strerror}") from error
