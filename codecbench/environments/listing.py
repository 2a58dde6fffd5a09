"""What environments there are, for a person: of codecs that have one of their own, and whatever else lies there."""

from __future__ import annotations

import os
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Literal, TypeAlias

from codecbench.api import CodecCard
from codecbench.environments.folders import (
    EnvironmentRecord,
    environment_folder,
    environment_key,
    partial_folders,
    whole_folders,
)

State: TypeAlias = Literal["made", "not made", "unused", "not whole"]
"""`unused`: of no installed codec; `not whole`: left by a maker that was killed, or being made now."""


@dataclass(frozen=True)
class ListedEnvironment:
    """One environment, with the codecs that run in it. `size` in bytes of what is made; `folder` is where it is."""

    key: str
    state: State
    codecs: tuple[str, ...]
    requirements: tuple[str, ...]
    python: str
    made_with: str
    packages: int
    size: int
    folder: Path


def listed_environments(cards: Iterable[CodecCard]) -> list[ListedEnvironment]:
    """Those of `cards`, in their order, and then what lies there besides. Raises Unavailable without a cache."""
    codecs: dict[str, list[str]] = {}
    wanted = {}
    for card in cards:
        if card.environment is not None:
            key = environment_key(card.environment)
            wanted[key] = card.environment
            codecs.setdefault(key, []).append(card.spec)
    found = []
    for key, environment in wanted.items():
        folder = environment_folder(environment)
        record = EnvironmentRecord.read(folder)
        if record is None:
            found.append(
                ListedEnvironment(
                    key, "not made", tuple(codecs[key]), environment.requirements, environment.python, "", 0, 0, folder
                )
            )
        else:
            found.append(_made(folder, record, codecs[key], "made"))
    found += [_made(folder, record, (), "unused") for folder, record in whole_folders() if folder.name not in wanted]
    found += [
        ListedEnvironment(folder.name, "not whole", (), (), "", "", 0, size_of(folder), folder)
        for folder in partial_folders()
    ]
    return found


def _made(folder: Path, record: EnvironmentRecord, codecs: Sequence[str], state: State) -> ListedEnvironment:
    return ListedEnvironment(
        folder.name, state, tuple(codecs), record.requirements, record.python, record.made_with, len(record.packages),
        size_of(folder), folder,
    )  # fmt: skip


def size_of(folder: Path) -> int:
    """Bytes of the files in it; of files that installers link from their caches too."""
    total = 0
    for place, _, names in os.walk(folder):
        for name in names:
            try:
                total += os.lstat(os.path.join(place, name)).st_size  # noqa: PTH118 - tens of thousands of files
            except OSError:  # it is being made, or removed
                continue
    return total
