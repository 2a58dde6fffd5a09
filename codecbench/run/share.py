"""What of a plan is done here: all of it, or what a shard holds.

A cell belongs to the shard that holds its coding's key, so all its metrics are scored in one place; a rung of the loss
ladder by a key of its own. Besides, a shard codes and decodes the cells that fix the constant delay of each point that
it has a cell of (see `BLOCK`): else it would take out another delay than the whole run. It scores none of these.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import NamedTuple, get_args

from codecbench.alignment import BLOCK
from codecbench.api import LadderStage, OperatingPoint
from codecbench.run import keys
from codecbench.run.planned import GivenPayload, Plan, PlannedCodec, PlannedUtterance
from codecbench.run.shard import Shard, Unit
from codecbench.store.rows import LadderRung
from codecbench.store.shards import ShardFacts


class PlannedCell(NamedTuple):
    """A cell by its key, before anything is known of it."""

    point: OperatingPoint
    utterance: PlannedUtterance
    seed: int
    key: str
    fixes_delay: bool
    given: GivenPayload | None = None
    """In place of what the codec would encode."""


@dataclass(frozen=True)
class Share:
    """The part of a plan. `listed` are its cells with those that only fix a delay; `facts` what the store says of it.

    Without a shard everything is in it, and nothing is listed.
    """

    shard: Shard | Unit | None = None
    positions: Mapping[str, int] = field(default_factory=dict)
    """Of the utterances in the dataset, by id."""
    facts: ShardFacts | None = None
    listed: int = 0
    rungs: int = 0
    read: frozenset[str] = frozenset()
    """Utterances whose originals are read: their length, or why they cannot be read."""
    scored: frozenset[str] = frozenset()
    """And those that something is scored against."""
    coded: frozenset[tuple[str, str]] = frozenset()
    """Codec's spec and operating point's label: where the constant delay is needed."""

    def holds(self, codec: PlannedCodec | None, planned: PlannedUtterance, key: str) -> bool:
        """Whether what `key` stands for, a cell or a rung, belongs to this part."""
        return self.shard is None or _holds(self.shard, codec, self.positions[planned.utterance.id], key)

    def reads(self, utterance: str) -> bool:
        return self.shard is None or utterance in self.read

    def scores(self, utterance: str) -> bool:
        return self.shard is None or utterance in self.scored

    def lists(self, codec: PlannedCodec, cell: PlannedCell) -> bool:
        """Whether the cell is coded here: to be scored, or only because it fixes a delay that is needed."""
        return self.holds(codec, cell.utterance, cell.key) or (
            cell.fixes_delay and (codec.card.spec, cell.point.label) in self.coded
        )

    def has_rung(self, codec: PlannedCodec | None, name: LadderRung, planned: PlannedUtterance, seed: int) -> bool:
        return self.shard is None or self.holds(codec, planned, _rung_key(codec, name, planned, seed))


WHOLE = Share()


def _holds(part: Shard | Unit, codec: PlannedCodec | None, position: int, key: str) -> bool:
    return part.holds(key) if isinstance(part, Shard) else part.holds(position, codec.card.spec if codec else None)


def planned_cells(
    plan: Plan, codec: PlannedCodec, utterances: Sequence[PlannedUtterance]
) -> Iterator[PlannedCell]:  # fmt: skip
    """Every operating point × utterance × seed of one codec, of these utterances, whoever does it: of given payloads
    where there is one.
    """
    first = {planned.utterance.id for planned in plan.utterances[:BLOCK]}
    # Seeds outermost: a worker holds one codec, built for one seed.
    for seed in codec.seeds(plan.request):
        for point in codec.points:
            for planned in utterances:
                name, source, given = planned.utterance.id, planned.source, None
                if plan.payloads is not None:
                    given = plan.payloads.of(codec, point, name)
                    if given is None:
                        continue
                    source = f"{source}#{given.identity}"
                key = keys.coding_key(codec.identity, point, seed, name, source)
                yield PlannedCell(point, planned, seed, key, seed == plan.request.seed and name in first, given)


def fingerprint(plan: Plan) -> str:
    """Equal for all parts of one run: a hash over the keys of all its cells and rungs."""
    facts = _Count(plan, Shard(1, 1)).share().facts
    assert facts is not None  # of a part it always says what it is
    return facts.plan


def share_of(plan: Plan) -> Share:
    """What the request's shard has of `plan`."""
    return WHOLE if plan.request.shard is None else _Count(plan, plan.request.shard).share()


@dataclass
class _Count:
    """One pass over all keys of the plan."""

    plan: Plan
    shard: Shard | Unit
    cells: int = 0
    rungs: int = 0
    all_cells: int = 0
    scored: set[str] = field(default_factory=set)
    coded: set[tuple[str, str]] = field(default_factory=set)

    def __post_init__(self) -> None:
        self.positions = {planned.utterance.id: position for position, planned in enumerate(self.plan.utterances)}

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
        own = {u.utterance.id for u in plan.utterances if self._owns(u)}
        if isinstance(self.shard, Unit) and self.shard.codec is None:
            self.scored |= own
        fixing = {planned.utterance.id for planned in plan.utterances[:BLOCK]} if self.coded else set()
        return Share(
            self.shard, self.positions, self._facts(hashed.hexdigest()), self.cells + self._only_for_delays(),
            self.rungs, read=frozenset(self.scored | fixing | own), scored=frozenset(self.scored),
            coded=frozenset(self.coded),
        )  # fmt: skip

    def _holds(self, codec: PlannedCodec | None, planned: PlannedUtterance, key: str) -> bool:
        return _holds(self.shard, codec, self.positions[planned.utterance.id], key)

    def _owns(self, planned: PlannedUtterance) -> bool:
        """Of a plan without codecs too, each original is read by one part."""
        return self._holds(None, planned, keys.reference_key(planned.identity, ""))

    def _count_cell(self, codec: PlannedCodec, cell: PlannedCell) -> None:
        self.all_cells += 1
        if self._holds(codec, cell.utterance, cell.key):
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
                if self._holds(codec, planned, key):
                    self.rungs += 1
                    self.scored.add(planned.utterance.id)
                    if codec is not None:  # the highest point's delay is taken out of it
                        self.coded.add((codec.card.spec, codec.points[-1].label))
                yield key

    def _only_for_delays(self) -> int:
        """Cells of other parts that this one codes too."""
        plan = self.plan
        return sum(
            cell.fixes_delay and not self._holds(codec, cell.utterance, cell.key)
            for codec in plan.codecs
            for cell in planned_cells(plan, codec, plan.utterances[:BLOCK])
            if (codec.card.spec, cell.point.label) in self.coded
        )

    def _facts(self, plan: str) -> ShardFacts:
        index, count = (self.shard.index, self.shard.count) if isinstance(self.shard, Shard) else (1, 1)
        return ShardFacts(
            index, count, plan, self.cells + self.rungs, self.all_cells,
            tuple(metric.card.id for metric in self.plan.metrics),
            tuple(metric.card.id for metric in self.plan.ladder_metrics),
        )  # fmt: skip


def _rung_key(codec: PlannedCodec | None, name: LadderRung, planned: PlannedUtterance, seed: int) -> str:
    identity = () if codec is None else codec.identity
    return keys.rung_key(identity, name, seed, planned.utterance.id, planned.source)
