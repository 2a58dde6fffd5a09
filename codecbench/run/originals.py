"""The reference side, once per utterance: its length, hypothesis and embeddings. Unreadable audio is found here."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

import soundfile

from codecbench.run import keys, workers
from codecbench.run.attempts import LIMIT, Attempts
from codecbench.run.planned import PlannedUtterance
from codecbench.run.pool import Pool, Task
from codecbench.run.progress import ORIGINAL_STEPS
from codecbench.run.state import RunState
from codecbench.run.workers.evidence import Evidence
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

    seconds: float | None = None
    prepared: Mapping[str, Evidence] = field(default_factory=dict)
    heard: Evidence | None = None

    def lacks(self, wanted: _Wanted) -> bool:
        everything = all(job.name in self.prepared for job in wanted.metrics)
        return self.seconds is None or not everything or (wanted.recognizer is not None and self.heard is None)

    def arguments(self, wanted: _Wanted) -> tuple[Sequence[workers.MetricJob], str | None, bool]:
        """Of `workers.original`, behind the utterance."""
        metrics, recognizer = wanted.now()
        return tuple(job for job in metrics if job.name not in self.prepared), recognizer, self.heard is None

    def joined(self, original: workers.Original) -> workers.Original:
        prepared = {**self.prepared, **original.prepared}
        return replace(original, prepared=prepared, hypothesis=original.hypothesis or self.heard)


def prepare_originals(state: RunState, pool: Pool) -> None:
    """Fill `state.utterances` and the store's evidence on every original of the plan."""
    plan = state.plan
    jobs = tuple(workers.MetricJob(group.name, group.cards) for group in plan.groups)
    wanted = _Wanted(jobs, plan.recognizer.spec)

    def tasks() -> Iterator[Task]:
        for position, planned in enumerate(plan.utterances):
            kept = _kept(state, planned)
            if kept.lacks(wanted):
                arguments = (planned.utterance, *kept.arguments(wanted))
                yield Task((position, planned, kept), workers.original, arguments, state.limit(_seconds(planned)))
            else:
                _keep_row(state, planned, position, kept.seconds, None)
                state.reporter.step(ORIGINAL_STEPS)

    state.reporter.say("reading the originals")
    for outcome in pool.run(tasks()):
        position, planned, kept = outcome.tag
        value = outcome.value
        if isinstance(value, Failure) and (value.fatal or wanted.metrics or wanted.recognizer):
            value = _piece_by_piece(planned, wanted, pool, state)
        whole = value if isinstance(value, Failure) else wanted.whole(kept.joined(value))
        _keep(state, planned, position, whole)
        state.reporter.step(ORIGINAL_STEPS)


def _piece_by_piece(
    planned: PlannedUtterance, wanted: _Wanted, pool: Pool, state: RunState
) -> workers.Original | Failure:  # fmt: skip
    """Something went wrong on this original: is it the audio, or did a metric or the recognizer fail on it?"""
    metrics, recognizer = wanted.now()

    def ask(metrics: Sequence[workers.MetricJob], recognizer: str | None, transcribe: bool) -> Any:
        arguments = (planned.utterance, metrics, recognizer, transcribe)
        (outcome,) = pool.run(iter([Task(None, workers.original, arguments, state.limit(_seconds(planned)))]))
        return outcome.value

    read = ask((), None, False)
    if isinstance(read, Failure):
        return read
    prepared = {}
    for job in metrics:
        value = ask((job,), recognizer, False)
        wanted.attempts.record(job.name, value)
        prepared[job.name] = _reason(value) if isinstance(value, Failure) else value.prepared[job.name]
    heard = ask((), recognizer, True) if recognizer else None
    wanted.attempts.record(RECOGNIZER, heard)
    hypothesis = _reason(heard) if isinstance(heard, Failure) else heard and heard.hypothesis
    return workers.Original(read.seconds, hypothesis, prepared)


def _reason(failure: Failure) -> dict[str, str]:
    return {"status": failure.status, "reason": failure.reason}


def _seconds(planned: PlannedUtterance) -> float | None:
    """Its length by its header, for the time limit alone."""
    try:
        return float(soundfile.info(planned.utterance.path).duration)
    except (soundfile.SoundFileError, OSError, TypeError, ValueError):
        return None


def _kept(state: RunState, planned: PlannedUtterance) -> _Kept:
    """What has a value or abstained stands; what failed or was skipped is asked again."""
    if planned.sha256 is None:
        return _Kept()
    sha256, store, plan = planned.sha256, state.store, state.plan

    def standing(what: str) -> Evidence | None:
        piece: Evidence | None = store.evidence(keys.reference_key(sha256, what))
        return piece if piece and ("value" in piece or piece["status"] == "abstained") else None

    signal = store.evidence(keys.reference_key(sha256, SIGNAL))
    prepared = {group.name: piece for group in plan.groups if (piece := standing(group.key)) is not None}
    heard = standing(plan.recognizer.key) if plan.recognizer.key else None
    return _Kept(signal and signal["seconds"], prepared, heard)


def _keep(state: RunState, planned: PlannedUtterance, position: int, value: workers.Original | Failure) -> None:
    if isinstance(value, Failure):
        _keep_row(state, planned, position, None, value.reason)
        return
    _keep_row(state, planned, position, value.seconds, None)
    for group in state.plan.groups:
        state.store.put_evidence(keys.reference_key(planned.identity, group.key), value.prepared[group.name])
    if state.plan.recognizer.key:
        key = keys.reference_key(planned.identity, state.plan.recognizer.key)
        state.store.put_evidence(key, value.hypothesis)
    state.store.put_evidence(keys.reference_key(planned.identity, SIGNAL), {"seconds": value.seconds})


def _keep_row(
    state: RunState, planned: PlannedUtterance, position: int, seconds: float | None, reason: str | None
) -> None:
    u = planned.utterance
    if reason is not None:
        state.reporter.note(f"utterance '{u.id}': {reason}")
    row = UtteranceRow(
        u.id, planned.identity, str(u.path), u.transcript, u.speaker, u.sex, seconds, reason, dict(u.extra)
    )
    state.utterances[u.id] = row
    state.store.put_utterance(row, position)


def copy_originals(state: RunState, pool: Pool) -> None:
    """Listening copies of the originals that are wanted and not there."""
    tasks = (
        Task(None, workers.keep_original, (planned.utterance, path), state.limit())
        for planned in state.plan.utterances
        if state.wants_copy(planned) and not (path := state.original_copy(planned)).exists()
    )
    for _ in pool.run(tasks):
        pass
