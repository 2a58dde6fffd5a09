"""What environments there are, for a person: of codecs and metrics that have one of their own, and whatever else."""

from __future__ import annotations

import os
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Literal, TypeAlias

from codecbench.api import CodecCard, Environment, MetricCard
from codecbench.environments.folders import (
    EnvironmentRecord,
    environment_folder,
    environment_key,
    partial_folders,
    whole_folders,
)

State: TypeAlias = Literal["made", "not made", "unused", "not whole"]
"""`unused`: of no installed codec or metric; `not whole`: left by a maker that was killed, or being made now."""


@dataclass(frozen=True)
class ListedEnvironment:
    """One environment, with the codecs and metrics that run in it. `size` in bytes of what is made; `folder` is where
    it is.
    """

    key: str
    state: State
    codecs: tuple[str, ...]
    requirements: tuple[str, ...]
    python: str
    made_with: str
    packages: int
    size: int
    folder: Path
    metrics: tuple[str, ...] = ()

    @property
    def names(self) -> tuple[str, ...]:
        """Of codecs and metrics."""
        return self.codecs + self.metrics


def listed_environments(cards: Iterable[CodecCard | MetricCard]) -> list[ListedEnvironment]:
    """Those of `cards`, in their order, and then what lies there besides. Raises Unavailable without a cache."""
    wanted: dict[str, Environment] = {}
    codecs: dict[str, list[str]] = {}
    metrics: dict[str, list[str]] = {}
    for card in cards:
        if card.environment is None:
            continue
        key = environment_key(card.environment)
        wanted.setdefault(key, card.environment)
        if isinstance(card, CodecCard):
            codecs.setdefault(key, []).append(card.spec)
        else:
            metrics.setdefault(key, []).append(card.id)
    found = [_wanted(key, one, codecs.get(key, ()), metrics.get(key, ())) for key, one in wanted.items()]
    found += [
        _made(folder, record, (), (), "unused") for folder, record in whole_folders() if folder.name not in wanted
    ]
    found += [
        ListedEnvironment(folder.name, "not whole", (), (), "", "", 0, size_of(folder), folder)
        for folder in partial_folders()
    ]
    return found


def _wanted(key: str, environment: Environment, codecs: Sequence[str], metrics: Sequence[str]) -> ListedEnvironment:
    folder = environment_folder(environment)
    record = EnvironmentRecord.read(folder)
    if record is not None:
        return _made(folder, record, codecs, metrics, "made")
    return ListedEnvironment(
        key, "not made", tuple(codecs), environment.requirements, environment.python, "", 0, 0, folder, tuple(metrics)
    )


def _made(
    folder: Path, record: EnvironmentRecord, codecs: Sequence[str], metrics: Sequence[str], state: State
) -> ListedEnvironment:
    return ListedEnvironment(
        folder.name, state, tuple(codecs), record.requirements, record.python, record.made_with, len(record.packages),
        size_of(folder), folder, tuple(metrics),
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
