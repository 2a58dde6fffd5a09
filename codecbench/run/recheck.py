"""Whether a codec still is what it was when the folder's codings were made.

Its package, its card's `sources` and its weights file are hashed into every key. What it reads besides (a checkpoint by
a path of its own, a module beside it) is in no hash: a stored coding would be taken for what the codec does today. So
before anything is reused, one stored coding of each operating point is made again. Where it comes out otherwise the
codec is another one, of the next generation, and all of it is computed anew.

codecbench's own codecs are covered by their hashes.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import islice

from codecbench.api import OperatingPoint
from codecbench.run import workers
from codecbench.run.planned import Plan, PlannedCodec, PlannedUtterance
from codecbench.run.pool import Load, Slots, Task
from codecbench.run.progress import Reporter
from codecbench.run.share import PlannedCell, planned_cells
from codecbench.store import Store
from codecbench.store.answers import Failure
from codecbench.store.current import StoredCoding
from codecbench.store.writing import batched

SECONDS_OF_LONGEST = 1200.0
"""Added to a cell's limit: the utterance may be long."""
AT_A_TIME = 16
"""Cells of a point that are looked for at once: the first of them is nearly always there."""


@dataclass(frozen=True)
class _Kept:
    """A stored coding, and what makes it again."""

    codec: PlannedCodec
    point: OperatingPoint
    utterance: PlannedUtterance
    seed: int
    key: str
    stored: StoredCoding

    @property
    def job(self) -> workers.CodecJob:
        return workers.CodecJob(self.codec.card.spec, replace(self.codec.options, seed=self.seed))

    @property
    def where(self) -> str:
        return f"at {self.point}, utterance '{self.utterance.utterance.id}'"

    def not_compared(self, failure: Failure) -> str:
        return f"{self.codec.card.spec} {self.where}: not compared with what is stored: {failure.reason}"


def rechecked(plan: Plan, store: Store, reporter: Reporter) -> Plan:
    """`plan` with the codecs as the folder knows them: those that have changed are of the next generation."""
    known: Mapping[str, int] = (store.meta().get("request") or {}).get("generations") or {}
    plan = _of_generations(plan, known)
    kept = [one for codec in plan.codecs if not codec.entry.is_own for one in _kept(plan, codec, store)]
    if not kept:
        return plan
    reporter.say("comparing codecs with what is stored of them")
    changed = _changed(plan, kept, store, reporter)
    for spec, how in changed.items():
        reporter.note(f"{spec} has changed since its results were stored ({how}): all of it is computed anew")
    return _of_generations(plan, {**known, **{spec: known.get(spec, 0) + 1 for spec in changed}})


def _of_generations(plan: Plan, generations: Mapping[str, int]) -> Plan:
    codecs = tuple(replace(codec, generation=generations.get(codec.card.spec, 0)) for codec in plan.codecs)
    return replace(plan, codecs=codecs, request=replace(plan.request, generations=dict(generations)))


def _kept(plan: Plan, codec: PlannedCodec, store: Store) -> Iterator[_Kept]:
    """Of each operating point the first coding that is stored whole."""
    readable = [planned for planned in plan.utterances if planned.sha256 is not None]
    for point in codec.points:
        some = replace(codec, points=(point,))
        cells = planned_cells(plan, some, readable)
        found = (kept for few in batched(cells, AT_A_TIME) for kept in _whole(store, codec, few))
        yield from islice(found, 1)


def _whole(store: Store, codec: PlannedCodec, cells: Sequence[PlannedCell]) -> Iterator[_Kept]:
    stored = store.codings(cell.key for cell in cells)
    for cell in cells:
        coding = stored.get(cell.key)
        if coding is not None and coding.status == "ok" and coding.decoded_sha256 is not None:
            yield _Kept(codec, cell.point, cell.utterance, cell.seed, cell.key, coding)


def _changed(plan: Plan, kept: list[_Kept], store: Store, reporter: Reporter) -> dict[str, str]:
    """By a codec's spec, how it was seen."""
    changed: dict[str, str] = {}
    limit = plan.request.cell_seconds + SECONDS_OF_LONGEST
    with Slots(plan.request.jobs, store.folder / "workers.log") as slots:
        encoding = (
            Task(one, workers.encode, _shared(one), limit, _loading(plan, one))
            for one in kept
            if not one.codec.card.stochastic and plan.payloads is None
        )
        for outcome in slots.pool("encode").run(encoding):
            one, value = outcome.tag, outcome.value
            if isinstance(value, Failure):
                reporter.note(one.not_compared(value))
            elif value.payload != store.payload(one.key):
                changed.setdefault(one.codec.card.spec, f"it encodes to other bytes {one.where}")
        decoding = (
            Task(one, workers.decode, (*_shared(one), store.payload(one.key), None), limit, _loading(plan, one))
            for one in kept
            if one.codec.card.spec not in changed
        )
        for outcome in slots.pool("decode").run(decoding):
            one, value = outcome.tag, outcome.value
            if isinstance(value, Failure):
                reporter.note(one.not_compared(value))
            elif value.sha256 != one.stored.decoded_sha256:
                changed.setdefault(one.codec.card.spec, f"it decodes to other samples {one.where}")
    return changed


def _shared(one: _Kept) -> tuple[object, ...]:
    return one.job, one.point.label, one.utterance.recording


def _loading(plan: Plan, one: _Kept) -> Load:
    return Load(one.job, workers.load, plan.request.load_seconds)
