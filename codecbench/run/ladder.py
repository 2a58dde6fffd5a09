"""The loss ladder's scores: each codec in part, and the originals against themselves, by metrics without a recognizer.

A part is run where encoders are, in processes whose only other output is payloads: a decoder must never have seen an
original. From there its signal goes the way of a decoded one.
"""

from __future__ import annotations

import shutil
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, get_args

from codecbench.api import LadderStage
from codecbench.run import keys, workers
from codecbench.run.coding import FATAL_LIMIT
from codecbench.run.plan import PlannedCodec, PlannedMetric, PlannedUtterance
from codecbench.run.pool import Failure, Pool, Task
from codecbench.run.progress import CODING_STEPS, SCORING_STEPS
from codecbench.run.state import RunState
from codecbench.store.current import CurrentRung
from codecbench.store.ids import CodecId
from codecbench.store.rows import LadderRung

STAGES: tuple[LadderStage, ...] = get_args(LadderStage)
STEPS = CODING_STEPS + SCORING_STEPS
"""Of progress, per rung and utterance."""
ANSWERS = ("ok", "abstained", "none")
"""Statuses that stand; what failed or was skipped is tried again."""


@dataclass
class Rung:
    """One utterance on one rung of one codec, `codec` None for the originals; `missing` are metrics to be scored."""

    codec: PlannedCodec | None
    name: LadderRung
    utterance: PlannedUtterance
    file: Path
    missing: list[PlannedMetric] = field(default_factory=list)


def expected_steps(state: RunState) -> int:
    """Steps of progress that the ladder of the whole plan comes to."""
    plan = state.plan
    return STEPS * len(plan.utterances) * (1 + len(STAGES) * len(plan.codecs)) if plan.ladder_metrics else 0


def score_originals(state: RunState, encoders: Pool, scorers: Pool) -> None:
    """The perfect score: each original against itself."""
    if state.plan.ladder_metrics:
        state.reporter.say("scoring the originals against themselves")
        _Climb(state, None, ("original",), 0.0).run(encoders, scorers)


def score_parts(
    state: RunState, codec: PlannedCodec, delays: Mapping[str, float], encoders: Pool, scorers: Pool
) -> None:
    """The stages of one codec. `delays` by operating point's label, in seconds: the highest point's is applied."""
    if state.plan.ladder_metrics:
        state.say(codec, "scoring front end and network alone")
        _Climb(state, codec, STAGES, delays[codec.points[-1].label]).run(encoders, scorers)


class _Climb:
    """The rungs of one codec, or the originals' one."""

    def __init__(
        self, state: RunState, codec: PlannedCodec | None, names: Sequence[LadderRung], delay_s: float
    ) -> None:
        self.state, self.codec, self.delay_s = state, codec, delay_s
        self.folder = state.store.folder / "ladder"
        self.fatal: Counter[str] = Counter()
        self.rungs = [self._rung(name, planned) for name in names for planned in state.plan.utterances]

    def _rung(self, name: LadderRung, planned: PlannedUtterance) -> Rung:
        file = self.folder / f"{keys.digest(name, planned.utterance.id, planned.identity)}.flac"
        rung = Rung(self.codec, name, planned, file)
        codec_id = CodecId(self.codec.card.name, self.codec.card.checkpoint) if self.codec else None
        current = []
        for metric in self.state.plan.ladder_metrics:
            key = self._key(rung, metric)
            current.append(CurrentRung(codec_id, name, planned.utterance.id, metric.card.id, key))
            status = self.state.store.ladder_status(key)
            if status in ANSWERS:
                self.state.tally.reused += status != "none"
                self.state.tally.abstained += status == "abstained"
            else:
                rung.missing.append(metric)
        self.state.store.set_current_ladder(current)
        return rung

    def run(self, encoders: Pool, scorers: Pool) -> None:
        todo = [rung for rung in self.rungs if rung.missing]
        self.state.reporter.step((len(self.rungs) - len(todo)) * STEPS)
        shutil.rmtree(self.folder, ignore_errors=True)  # an interrupted run's
        self.folder.mkdir()
        try:
            self._score(scorers, list(self._turned(encoders, todo)))
        finally:
            shutil.rmtree(self.folder, ignore_errors=True)

    def _turned(self, pool: Pool, todo: list[Rung]) -> Iterator[Rung]:
        """The rungs of `todo` whose signals are written."""

        def tasks() -> Iterator[Task]:
            for rung in todo:
                unreadable = self.state.utterances[rung.utterance.utterance.id].reason
                if unreadable is None and self.fatal[rung.name] < FATAL_LIMIT:
                    yield self._task(rung)
                    continue
                why = unreadable or f"not attempted: {FATAL_LIMIT} utterances hung or crashed before it"
                self._stop(rung, Failure("failed", why))
                self.state.reporter.step(STEPS)

        for outcome in pool.run(tasks()):
            rung, value = outcome.tag, outcome.value
            self.state.reporter.step(CODING_STEPS)
            if isinstance(value, Failure):
                self.fatal[rung.name] += value.fatal
                self._stop(rung, value)
            elif value.absent is not None:
                for metric in rung.missing:
                    self._put(rung, metric, {"status": "none", "reason": value.absent})
            else:
                yield rung
                continue
            self.state.reporter.step(SCORING_STEPS)

    def _task(self, rung: Rung) -> Task:
        path, limit = rung.utterance.utterance.path, self._limit(rung)
        if self.codec is None:
            return Task(rung, workers.unchanged, (path, rung.file), limit)
        job = workers.CodecJob(self.codec.card.spec, self.codec.options)
        return Task(rung, workers.bypass, (job, rung.name, path, rung.file), limit)

    def _score(self, pool: Pool, todo: list[Rung]) -> None:
        """One task per metric: one that takes its process down must not take the others'."""
        tasks = (
            Task((rung, metric), workers.score, (self._job(rung, metric),), self._limit(rung))
            for rung in todo
            for metric in rung.missing
        )
        for outcome in pool.run(tasks):
            rung, metric = outcome.tag
            value = outcome.value
            if isinstance(value, Failure):
                self._put(rung, metric, {"status": value.status, "reason": value.reason})
            else:
                scored = dict(value.scores[metric.card.id])
                self._put(rung, metric, {name: scored[name] for name in scored if name != "detail"})
            if metric is rung.missing[-1]:
                self.state.reporter.step(SCORING_STEPS)

    def _job(self, rung: Rung, metric: PlannedMetric) -> workers.ScoreJob:
        return workers.ScoreJob(
            utterance=rung.utterance.utterance,
            decoded=rung.file,
            delay_s=self.delay_s,
            metrics=(metric.card.id,),
            recognizer=None,
            recognizer_reason=None,
            prepared={
                metric.card.id: self.state.store.evidence(keys.reference_key(rung.utterance.identity, metric.key))
            },
        )

    def _stop(self, rung: Rung, failure: Failure) -> None:
        for metric in rung.missing:
            self._put(rung, metric, {"status": failure.status, "reason": failure.reason})

    def _put(self, rung: Rung, metric: PlannedMetric, values: dict[str, Any]) -> None:
        status, tally = values["status"], self.state.tally
        tally.computed += status in ("ok", "abstained")
        tally.abstained += status == "abstained"
        tally.failed += status == "failed"
        tally.skipped += status == "skipped"
        self.state.store.put_ladder(self._key(rung, metric), metric.card.version, **values)

    def _key(self, rung: Rung, metric: PlannedMetric) -> str:
        identity = self.codec.identity if self.codec else ()
        planned, seed = rung.utterance, self.state.plan.request.seed if self.codec else 0
        return keys.ladder_key(
            identity, rung.name, seed, planned.utterance.id, planned.identity, metric.key, self.delay_s
        )

    def _limit(self, rung: Rung) -> float:
        return self.state.limit(self.state.utterances[rung.utterance.utterance.id].seconds)
