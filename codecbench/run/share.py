"""What of a plan is done here: all of it, or what a shard holds.

A cell belongs to the shard that holds its coding's key, so all its metrics are scored in one place; a rung of the loss
ladder by a key of its own. Besides, a shard codes and decodes the cells that fix the constant delay of each point that
it has a cell of (see `BLOCK`): else it would take out another delay than the whole run. It scores none of these.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import NamedTuple, get_args

from codecbench.alignment import BLOCK
from codecbench.api import LadderStage, OperatingPoint
from codecbench.run import keys
from codecbench.run.planned import Plan, PlannedCodec, PlannedUtterance
from codecbench.run.shard import Shard
from codecbench.store.rows import LadderRung
from codecbench.store.shards import ShardFacts


class PlannedCell(NamedTuple):
    """A cell by its key, before anything is known of it."""

    point: OperatingPoint
    utterance: PlannedUtterance
    seed: int
    key: str
    fixes_delay: bool


@dataclass(frozen=True)
class Share:
    """The part of a plan. `listed` are its cells with those that only fix a delay; `facts` what the store says of it.

    Without a shard everything is in it, and nothing is listed.
    """

    shard: Shard | None = None
    facts: ShardFacts | None = None
    listed: int = 0
    rungs: int = 0
    read: frozenset[str] = frozenset()
    """Utterances whose originals are read: their length, or why they cannot be read."""
    scored: frozenset[str] = frozenset()
    """And those that something is scored against."""
    coded: frozenset[tuple[str, str]] = frozenset()
    """Codec's spec and operating point's label: where the constant delay is needed."""

    def holds(self, key: str) -> bool:
        return self.shard is None or self.shard.holds(key)

    def reads(self, utterance: str) -> bool:
        return self.shard is None or utterance in self.read

    def scores(self, utterance: str) -> bool:
        return self.shard is None or utterance in self.scored

    def lists(self, codec: PlannedCodec, cell: PlannedCell) -> bool:
        """Whether the cell is coded here: to be scored, or only because it fixes a delay that is needed."""
        return self.holds(cell.key) or (cell.fixes_delay and (codec.card.spec, cell.point.label) in self.coded)

    def has_rung(self, codec: PlannedCodec | None, name: LadderRung, planned: PlannedUtterance, seed: int) -> bool:
        return self.shard is None or self.holds(_rung_key(codec, name, planned, seed))


WHOLE = Share()


def planned_cells(
    plan: Plan, codec: PlannedCodec, utterances: Sequence[PlannedUtterance]
) -> Iterator[PlannedCell]:  # fmt: skip
    """Every operating point × utterance × seed of one codec, of these utterances, whoever does it."""
    first = {planned.utterance.id for planned in plan.utterances[:BLOCK]}
    # Seeds outermost: a worker holds one codec, built for one seed.
    for seed in codec.seeds(plan.request):
        for point in codec.points:
            for planned in utterances:
                name = planned.utterance.id
                key = keys.coding_key(codec.identity, point, seed, name, planned.identity)
                yield PlannedCell(point, planned, seed, key, seed == plan.request.seed and name in first)


def share_of(plan: Plan) -> Share:
    """What the request's shard has of `plan`."""
    return WHOLE if plan.request.shard is None else _Count(plan, plan.request.shard).share()


@dataclass
class _Count:
    """One pass over all keys of the plan."""

    plan: Plan
    shard: Shard
    cells: int = 0
    rungs: int = 0
    all_cells: int = 0
    scored: set[str] = field(default_factory=set)
    coded: set[tuple[str, str]] = field(default_factory=set)

    def share(self) -> Share:
        plan, hashed = self.plan, hashlib.sha256()
        for planned in plan.utterances:  # what metrics read of the manifest is in no key of a coding
            hashed.update(keys.digest(dict(planned.utterance.extra)).encode())
        for codec in plan.codecs:
            for cell in planned_cells(plan, codec, plan.utterances):
                hashed.update(cell.key.encode())
                self._count_cell(codec, cell)
        for key in self._count_rungs():
            hashed.update(key.encode())
        fixing = {planned.utterance.id for planned in plan.utterances[:BLOCK]} if self.coded else set()
        # Of a plan without codecs too, each original is read by one shard.
        own = {u.utterance.id for u in plan.utterances if self.shard.holds(keys.reference_key(u.identity, ""))}
        return Share(
            self.shard, self._facts(hashed.hexdigest()), self.cells + self._only_for_delays(), self.rungs,
            read=frozenset(self.scored | fixing | own), scored=frozenset(self.scored), coded=frozenset(self.coded),
        )  # fmt: skip

    def _count_cell(self, codec: PlannedCodec, cell: PlannedCell) -> None:
        self.all_cells += 1
        if self.shard.holds(cell.key):
            self.cells += 1
            self.scored.add(cell.utterance.utterance.id)
            self.coded.add((codec.card.spec, cell.point.label))

    def _count_rungs(self) -> Iterator[str]:
        """The keys of all rungs, if the run has a ladder."""
        if not self.plan.ladder_metrics:
            return
        stages: tuple[LadderStage, ...] = get_args(LadderStage)
        places: list[tuple[PlannedCodec | None, LadderRung]] = [(None, "original")]
        places += [(codec, stage) for codec in self.plan.codecs for stage in stages]
        for codec, name in places:
            for planned in self.plan.utterances:
                self.all_cells += 1
                key = _rung_key(codec, name, planned, self.plan.request.seed)
                if self.shard.holds(key):
                    self.rungs += 1
                    self.scored.add(planned.utterance.id)
                    if codec is not None:  # the highest point's delay is taken out of it
                        self.coded.add((codec.card.spec, codec.points[-1].label))
                yield key

    def _only_for_delays(self) -> int:
        """Cells of other shards that this one codes too."""
        seed = self.plan.request.seed
        return sum(
            not self.shard.holds(keys.coding_key(codec.identity, point, seed, planned.utterance.id, planned.identity))
            for codec in self.plan.codecs
            for point in codec.points
            if (codec.card.spec, point.label) in self.coded
            for planned in self.plan.utterances[:BLOCK]
        )

    def _facts(self, plan: str) -> ShardFacts:
        return ShardFacts(
            self.shard.index, self.shard.count, plan, self.cells + self.rungs, self.all_cells,
            tuple(metric.card.id for metric in self.plan.metrics),
            tuple(metric.card.id for metric in self.plan.ladder_metrics),
        )  # fmt: skip


def _rung_key(codec: PlannedCodec | None, name: LadderRung, planned: PlannedUtterance, seed: int) -> str:
    identity = () if codec is None else codec.identity
    return keys.rung_key(identity, name, seed, planned.utterance.id, planned.identity)
