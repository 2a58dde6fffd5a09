"""The reference side, once per utterance: its length, hypothesis and embeddings. Unreadable audio is found here.

Reading comes first and is quick, so that coding does not wait for what a recognizer hears in the originals. That is
prepared as scoring gets to them, so that the first scores do not wait for all of it either.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

import soundfile

from codecbench.run import keys, workers
from codecbench.run.attempts import LIMIT, Attempts
from codecbench.run.blocks import Block
from codecbench.run.clipping import Clipping
from codecbench.run.planned import PlannedUtterance
from codecbench.run.pool import Pool, Task
from codecbench.run.progress import ORIGINAL_STEPS
from codecbench.run.state import RunState
from codecbench.run.workers.evidence import Evidence, reason_of
from codecbench.store.answers import Failure
from codecbench.store.rows import UtteranceRow

SIGNAL = "signal"
"""Evidence that the audio was read: its length."""
RECOGNIZER = ""
"""Its name among `Attempts`: no metric has it."""
GIVEN_UP = {
    "status": "failed",
    "reason": f"not attempted: it hung or crashed on {LIMIT} originals before",
}


@dataclass(frozen=True)
class _Wanted:
    """Of each original: what metrics prepare, and what the recognizer hears. What breaks too often is left out."""

    metrics: tuple[workers.MetricJob, ...]
    recognizer: str | None
    attempts: Attempts = field(default_factory=Attempts)

    def of(self, planned: PlannedUtterance) -> _Wanted:
        """What is wanted of this one: without a recording, what metrics prepare from the speaker's enrolment."""
        if planned.utterance.path is not None:
            return self
        enrolled = planned.utterance.enrolment is not None
        metrics = tuple(
            job for job in self.metrics if enrolled and all(card.stand_in == "enrolment" for card in job.cards)
        )
        return replace(self, metrics=metrics, recognizer=None)

    def now(self) -> tuple[tuple[workers.MetricJob, ...], str | None]:
        metrics = tuple(job for job in self.metrics if not self.attempts.exhausted(job.name))
        return metrics, None if self.attempts.exhausted(RECOGNIZER) else self.recognizer

    def whole(self, original: workers.Original) -> workers.Original:
        """With a reason for everything that was not asked."""
        prepared = {job.name: original.prepared.get(job.name, GIVEN_UP) for job in self.metrics}
        heard = GIVEN_UP if self.recognizer and original.hypothesis is None else original.hypothesis
        return replace(original, prepared=prepared, hypothesis=heard)


@dataclass(frozen=True)
class _Kept:
    """What stands of an original, from an earlier plan: it is not asked again. `prepared` by the metric jobs' names.

    To hear an original again costs more than all else that a further metric asks of it.
    """

    prepared: Mapping[str, Evidence] = field(default_factory=dict)
    heard: Evidence | None = None

    def lacks(self, wanted: _Wanted) -> bool:
        everything = all(job.name in self.prepared for job in wanted.metrics)
        return not everything or (wanted.recognizer is not None and self.heard is None)

    def left(self, wanted: _Wanted) -> tuple[Sequence[workers.MetricJob], str | None, bool]:
        """Of `wanted`, what is to be asked: metrics, the recognizer that they may use, whether it transcribes."""
        metrics, recognizer = wanted.now()
        return tuple(job for job in metrics if job.name not in self.prepared), recognizer, self.heard is None

    def joined(self, original: workers.Original) -> workers.Original:
        prepared = {**self.prepared, **original.prepared}
        return replace(original, prepared=prepared, hypothesis=original.hypothesis or self.heard)


def read_originals(state: RunState, pool: Pool, block: Block) -> None:
    """Fill `state.utterances` with the block's: what coding has to know of them, and whether they can be read."""

    def tasks() -> Iterator[Task]:
        known = state.store.evidence_of(keys.reference_key(each.heard, SIGNAL) for each in block.utterances)
        for planned in block.utterances:
            if not state.share.reads(planned.utterance.id):
                continue
            length = known.get(keys.reference_key(planned.heard, SIGNAL))
            if planned.utterance.path is None:
                stated = planned.utterance.extra.get("seconds")
                seconds = length["seconds"] if length else stated and float(stated)
                _keep_row(state, planned, seconds or None, None)
            elif length is None or planned.sha256 is None:
                arguments = (planned.utterance, planned.recording, (), None, False)
                yield Task(planned, workers.original, arguments, state.limit(header_seconds(planned)))
            else:
                _keep_row(state, planned, length["seconds"], None)
                state.bandwidths[planned.utterance.id] = length.get("bandwidth_hz")

    loud = Clipping()
    for outcome in pool.run(tasks()):
        planned, value = outcome.tag, outcome.value
        if isinstance(value, Failure):
            _keep_row(state, planned, None, value.reason)
        else:
            _keep_row(state, planned, value.seconds, None)
            loud.record(planned.utterance.id, value.peak, value.clipped)
            state.bandwidths[planned.utterance.id] = value.bandwidth_hz
            facts = {"seconds": value.seconds}
            if value.bandwidth_hz is not None:
                facts["bandwidth_hz"] = value.bandwidth_hz
            state.store.put_evidence(keys.reference_key(planned.heard, SIGNAL), facts)
    if loud.names:
        state.reporter.note(f"{loud}: codecs are given them so, what they decode is clipped at full scale")


def keep_length(state: RunState, planned: PlannedUtterance, seconds: float) -> float:
    """How long an utterance without a recording is, once that is known."""
    state.store.put_evidence(keys.reference_key(planned.heard, SIGNAL), {"seconds": seconds})
    _keep_row(state, planned, seconds, None)
    return seconds


class Originals:
    """The originals of a block: what metrics and the recognizer need of them is prepared when they are first scored."""

    def __init__(self, state: RunState, pool: Pool, block: Block) -> None:
        self._state, self._pool, self.block = state, pool, block
        self._left = {planned.utterance.id: planned for planned in block.utterances}
        jobs = tuple(workers.MetricJob(group.name, group.cards, group.setup) for group in state.plan.groups)
        self._wanted = _Wanted(jobs, state.plan.recognizer.spec)

    @property
    def left(self) -> tuple[PlannedUtterance, ...]:
        """Those that have not been prepared."""
        return tuple(self._left.values())

    def prepare(self, utterances: Iterable[PlannedUtterance]) -> None:
        """The store's evidence on each of `utterances` that was read: hypotheses, and what metrics prepare."""
        state = self._state
        asked = (self._left.pop(each.utterance.id, None) for each in utterances)
        for outcome in self._pool.run(self._tasks(filter(None, asked))):
            (planned, kept), value = outcome.tag, outcome.value
            wanted = self._wanted.of(planned)
            if isinstance(value, Failure):
                value = _piece_by_piece(state, planned, kept, wanted, self._pool)
            _keep(state, planned, wanted.whole(kept.joined(value)))
            state.reporter.step(ORIGINAL_STEPS)

    def _tasks(self, utterances: Iterable[PlannedUtterance]) -> Iterator[Task]:
        state = self._state
        for planned in utterances:
            kept, wanted = _kept(state, planned), self._wanted.of(planned)
            scored = state.share.scores(planned.utterance.id) and state.utterances[planned.utterance.id].reason is None
            if scored and kept.lacks(wanted):
                yield _task(state, planned, kept, *kept.left(wanted))
            else:
                state.reporter.expect(-ORIGINAL_STEPS)


def _task(
    state: RunState, planned: PlannedUtterance, kept: _Kept, metrics: Sequence[workers.MetricJob],
    recognizer: str | None, transcribe: bool,
) -> Task:  # fmt: skip
    arguments = (planned.utterance, planned.standing_in, metrics, recognizer, transcribe)
    limit = state.scoring_limit(planned, [card for job in metrics for card in job.cards])
    return Task((planned, kept), workers.original, arguments, limit)


def _piece_by_piece(
    state: RunState, planned: PlannedUtterance, kept: _Kept, wanted: _Wanted, pool: Pool
) -> workers.Original:
    """A metric or the recognizer failed on this original: which?"""
    metrics, recognizer, transcribe = kept.left(wanted)

    def ask(metrics: Sequence[workers.MetricJob], transcribe: bool) -> Any:
        (outcome,) = pool.run(iter([_task(state, planned, kept, metrics, recognizer, transcribe)]))
        return outcome.value

    prepared = {}
    for job in metrics:
        value = ask((job,), False)
        wanted.attempts.record(job.name, value)
        prepared[job.name] = reason_of(value) if isinstance(value, Failure) else value.prepared[job.name]
    heard = ask((), True) if recognizer and transcribe else None
    wanted.attempts.record(RECOGNIZER, heard)
    hypothesis = reason_of(heard) if isinstance(heard, Failure) else heard and heard.hypothesis
    return workers.Original(state.utterances[planned.utterance.id].seconds or 0.0, hypothesis, prepared)


def header_seconds(planned: PlannedUtterance) -> float | None:
    """Its length by its header, which may be wrong: for limits alone. None where it cannot be read."""
    if planned.utterance.path is None:
        return None
    try:
        return float(soundfile.info(planned.utterance.path).duration)
    except (soundfile.SoundFileError, OSError, TypeError, ValueError):
        return None


def _kept(state: RunState, planned: PlannedUtterance) -> _Kept:
    """What has a value or abstained stands; what failed or was skipped is asked again."""
    groups, recognizer = state.plan.groups, state.plan.recognizer.key
    stored = state.store.evidence_of(keys.reference_key(planned.heard, what) for what in state.plan.original_keys)

    def standing(what: str) -> Evidence | None:
        piece: Evidence | None = stored.get(keys.reference_key(planned.heard, what))
        return piece if piece and ("value" in piece or piece["status"] == "abstained") else None

    prepared = {group.name: piece for group in groups if (piece := standing(group.key)) is not None}
    return _Kept(prepared, standing(recognizer) if recognizer else None)


def _keep(state: RunState, planned: PlannedUtterance, value: workers.Original) -> None:
    for group in state.plan.groups:
        if group.name in value.prepared:
            state.store.put_evidence(keys.reference_key(planned.heard, group.key), value.prepared[group.name])
    if state.plan.recognizer.key and planned.utterance.path is not None:
        key = keys.reference_key(planned.heard, state.plan.recognizer.key)
        state.store.put_evidence(key, value.hypothesis)


def _keep_row(state: RunState, planned: PlannedUtterance, seconds: float | None, reason: str | None) -> None:
    u = planned.utterance
    if reason is not None:
        state.reporter.note(f"utterance '{u.id}': {reason}")
    row = UtteranceRow(
        u.id, planned.identity, str(u.path or ""), u.transcript, u.speaker, u.sex, seconds, reason, dict(u.extra)
    )
    state.utterances[u.id] = row
    state.store.put_utterance(row, planned.position)


def copy_originals(state: RunState, pool: Pool) -> None:
    """Listening copies of the originals that are wanted and not there."""
    tasks = (
        Task(None, workers.keep_original, (planned.recording, path), state.limit())
        for planned in state.plan.utterances
        if planned.utterance.path is not None
        and state.wants_copy(planned)
        and not (path := state.original_copy(planned)).exists()
    )
    for _ in pool.run(tasks):
        pass
