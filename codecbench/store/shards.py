"""What the folder of a shard says of itself, and a merged run of the shards that it is made of."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass, field, replace
from typing import Any


@dataclass(frozen=True)
class ShardFacts:
    """Part `index` of `count`. `plan` is equal for all shards of one run: a hash over the keys of all its cells.

    `cells` of them are this shard's, `all_cells` the run's, rungs of the loss ladder among them. `metrics` and
    `ladder_metrics` are what each of them has when it is done.
    """

    index: int
    count: int
    plan: str
    cells: int
    all_cells: int
    metrics: tuple[str, ...]
    ladder_metrics: tuple[str, ...] = ()

    def __str__(self) -> str:
        return f"shard {self.index}/{self.count}"

    def as_json(self) -> dict[str, Any]:
        return asdict(self)

    @classmethod
    def from_json(cls, values: Mapping[str, Any]) -> ShardFacts:
        lists = {name: tuple(values[name]) for name in ("metrics", "ladder_metrics")}
        return cls(**dict(values) | lists)


@dataclass(frozen=True)
class MergedShard:
    """A shard as it was when it was merged: `done` of its `cells`."""

    run_id: str
    cells: int
    done: int

    @property
    def missing(self) -> int:
        return max(0, self.cells - self.done)


@dataclass(frozen=True)
class MergedFacts:
    """The run that shards were merged into; `shards` by their index."""

    count: int
    plan: str
    all_cells: int
    shards: Mapping[int, MergedShard] = field(default_factory=dict)

    @property
    def absent(self) -> list[int]:
        """The indices that were never merged."""
        return [index for index in range(1, self.count + 1) if index not in self.shards]

    def having(self, index: int, shard: MergedShard) -> MergedFacts:
        return replace(self, shards=dict(sorted((dict(self.shards) | {index: shard}).items())))

    def as_json(self) -> dict[str, Any]:
        return asdict(self)

    @classmethod
    def from_json(cls, values: Mapping[str, Any]) -> MergedFacts:
        shards = {int(index): MergedShard(**one) for index, one in values["shards"].items()}
        return cls(**dict(values) | {"shards": shards})
