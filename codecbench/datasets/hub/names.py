"""What `hf:OWNER/NAME@REVISION:SPLIT` means, and which files of a repository are a split's."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import PurePosixPath

from codecbench.datasets.layouts.audiofolder import LISTS
from codecbench.errors import UsageError

PREFIX = "hf:"
FORM = "hf:OWNER/NAME@REVISION:SPLIT, for example hf:openslr/librispeech_asr@main:clean/test"
PARQUET = ".parquet"
SHARD = re.compile(r"-\d+-of-\d+$")
MOST_NAMED = 12


@dataclass(frozen=True)
class HubName:
    """`revision` is a commit, a branch or a tag; `split` may say its configuration too: clean/test."""

    repository: str
    revision: str
    split: str

    def __str__(self) -> str:
        return f"{PREFIX}{self.repository}@{self.revision}:{self.split}"


@dataclass(frozen=True)
class SplitFiles:
    """What of a repository is to be fetched: Parquet files, or an audiofolder and its list."""

    files: tuple[str, ...]
    folder: str = ""
    """Of an audiofolder; empty where the files are Parquet, or it is the whole repository."""
    parquet: bool = False


def parse(spec: str) -> HubName:
    """Without a revision it is `main`. Raises UsageError for what is no such name."""
    found = re.fullmatch(r"hf:([\w.-]+/[\w.-]+)(?:@([^:\s,=]+))?:([^:\s,=]+)", spec)
    if found is None:
        raise UsageError(f"dataset '{spec}': expected {FORM}")
    repository, revision, split = found.groups()
    return HubName(repository, revision or "main", split)


def files_of(name: HubName, files: Sequence[str]) -> SplitFiles:
    """Of a repository's `files`, those of the split. Raises UsageError where it has none, or in several places."""
    wanted = tuple(name.split.split("/"))
    parquet = {path: found for path in files if (found := _before(_places(path), wanted)) is not None}
    if parquet:
        _require_one(name, parquet.values())
        return SplitFiles(tuple(sorted(parquet)), parquet=True)
    lists = {path: found for path in files if PurePosixPath(path).name in LISTS
             and (found := _before(PurePosixPath(path).parent.parts, wanted)) is not None}  # fmt: skip
    if not lists:
        raise UsageError(
            f"dataset '{name}': no Parquet file, and no folder with {' or '.join(LISTS)}, is of split '{name.split}'"
            f"{_known(files)}"
        )
    _require_one(name, lists.values())
    folder = PurePosixPath(sorted(lists)[0]).parent
    below = tuple(path for path in files if PurePosixPath(path).is_relative_to(folder))
    return SplitFiles(below, folder.as_posix())


def _places(path: str) -> tuple[str, ...]:
    """The names that say what a Parquet file holds: data/test-00000-of-00001.parquet is of data, test."""
    pure = PurePosixPath(path)
    return (*pure.parent.parts, SHARD.sub("", pure.stem)) if pure.suffix == PARQUET else ()


def _before(parts: Sequence[str], wanted: Sequence[str]) -> tuple[str, ...] | None:
    """What stands before `wanted` among `parts`; None where it is not there."""
    for start in range(len(parts) - len(wanted) + 1):
        if tuple(parts[start : start + len(wanted)]) == tuple(wanted):
            return tuple(parts[:start])
    return None


def _require_one(name: HubName, places: Iterable[tuple[str, ...]]) -> None:
    several = sorted({"/".join(place) for place in places})
    if len(several) > 1:
        named = ", ".join(f"{place}/{name.split}" if place else name.split for place in several[:MOST_NAMED])
        raise UsageError(f"dataset '{name}': split '{name.split}' is there several times; write one of: {named}")


def _known(files: Iterable[str]) -> str:
    """What could be meant."""
    parquet = {"/".join(part for part in _places(path) if part != "data" and not part.isdigit()) for path in files}
    lists = {PurePosixPath(path).parent.as_posix() for path in files if PurePosixPath(path).name in LISTS}
    known = sorted(one for one in parquet | lists if one not in ("", "."))
    return f"; it has: {', '.join(known[:MOST_NAMED])}" if known else ""
