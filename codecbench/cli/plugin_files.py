"""Plugin files among `--codecs` and `--metrics`: what a researcher has before there is a package."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, overload

from codecbench.names import names

if TYPE_CHECKING:
    from codecbench.plugins.given import GivenKind


@overload
def plugin_files(text: str, kind: GivenKind) -> tuple[str, tuple[Path, ...]]: ...


@overload
def plugin_files(text: str | None, kind: GivenKind) -> tuple[str | None, tuple[Path, ...]]: ...


def plugin_files(text: str | None, kind: GivenKind) -> tuple[str | None, tuple[Path, ...]]:
    """`text` with the names of what is registered in place of files, and those files. Raises UsageError."""
    from codecbench.plugins.given import take

    given = names(text, f"--{kind}")
    if given is None:
        return None, ()
    taken = take(given, kind)
    return ",".join(taken.names), taken.files
