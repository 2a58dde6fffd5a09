"""The reference side, once per utterance: its length, hypothesis and embeddings. Unreadable audio is found here."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from typing import Any, TypeAlias

import soundfile

from codecbench.run import keys, workers
from codecbench.run.coding import FATAL_LIMIT
from codecbench.run.plan import PlannedUtterance
from codecbench.run.pool import Failure, Pool, Task
from codecbench.run.progress import ORIGINAL_STEPS
from codecbench.run.state import RunState
from codecbench.store.rows import UtteranceRow

Parameters: TypeAlias = Mapping[str, Mapping[str, Any]]
"""Of the metrics, by id."""

SIGNAL = "signal"
"""Evidence that the audio was read: its length."""
GIVEN_UP = {
    "status": "failed",
    "reason": f"not attempted: it hung or crashed on {FATAL_LIMIT} originals before",
}


@dataclass
class _Asked:
    """Of each original: what metrics want of it, and what the recognizer hears. Who breaks too often is left out."""

    metrics: Parameters
    recognizer: str | None
    fatal: Counter[str] = field(default_factory=Counter)
    """Processes lost, by metric; under no name, by the recognizer."""

    def now(self) -> tuple[Parameters, str | None]:
        metrics = {name: one for name, one in self.metrics.items() if self.fatal[name] < FATAL_LIMIT}
        return metrics, self.recognizer if self.fatal[""] < FATAL_LIMIT else None

    def whole(self, found: workers.Original) -> workers.Original:
        """With a reason for everything that was not asked."""
        prepared = {name: found.prepared.get(name, GIVEN_UP) for name in self.metrics}
        heard = GIVEN_UP if self.recognizer and found.hypothesis is None else found.hypothesis
        return replace(found, prepared=prepared, hypothesis=heard)


def prepare_originals(state: RunState, pool: Pool) -> None:
    """Fill `state.utterances` and the store's evidence on every original of the plan."""
    plan = state.plan
    asked = _Asked({metric.card.id: dict(metric.card.parameters) for metric in plan.metrics}, plan.recognizer_spec)

    def tasks() -> Iterator[Task]:
        for position, planned in enumerate(plan.utterances):
            known = _known(state, planned)
            if known is None:
                arguments = (planned.utterance, *asked.now())
                yield Task((position, planned), workers.original, arguments, state.limit(_seconds(planned)))
            else:
                _keep_row(state, planned, position, known["seconds"], None)
                state.reporter.step(ORIGINAL_STEPS)

    state.reporter.say("reading the originals")
    for outcome in pool.run(tasks()):
        position, planned = outcome.tag
        value = outcome.value
        if isinstance(value, Failure) and (value.fatal or asked.metrics or asked.recognizer):
            value = _piece_by_piece(planned, asked, pool, state)
        _keep(state, planned, position, value if isinstance(value, Failure) else asked.whole(value))
        state.reporter.step(ORIGINAL_STEPS)


def _piece_by_piece(
    planned: PlannedUtterance, asked: _Asked, pool: Pool, state: RunState
) -> workers.Original | Failure:  # fmt: skip
    """Something went wrong on this original: is it the audio, or did a metric or the recognizer fail on it?"""
    metrics, recognizer = asked.now()

    def ask(metrics: Parameters, recognizer: str | None, transcribe: bool) -> Any:
        arguments = (planned.utterance, metrics, recognizer, transcribe)
        (outcome,) = pool.run(iter([Task(None, workers.original, arguments, state.limit(_seconds(planned)))]))
        return outcome.value

    read = ask({}, None, False)
    if isinstance(read, Failure):
        return read
    prepared = {}
    for name, parameters in metrics.items():
        value = ask({name: parameters}, recognizer, False)
        asked.fatal[name] += isinstance(value, Failure) and value.fatal
        prepared[name] = _reason(value) if isinstance(value, Failure) else value.prepared[name]
    heard = ask({}, recognizer, True) if recognizer else None
    asked.fatal[""] += isinstance(heard, Failure) and heard.fatal
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


def _known(state: RunState, planned: PlannedUtterance) -> Any | None:
    """The stored length, if everything that this plan asks of the original is there."""
    plan = state.plan
    if planned.sha256 is None:
        return None
    wanted = [metric.key for metric in plan.metrics] + ([plan.recognizer_key] if plan.recognizer_key else [])
    evidence = [state.store.evidence(keys.reference_key(planned.sha256, what)) for what in wanted]
    if not all(piece and ("value" in piece or piece["status"] == "abstained") for piece in evidence):
        return None
    return state.store.evidence(keys.reference_key(planned.sha256, SIGNAL))


def _keep(state: RunState, planned: PlannedUtterance, position: int, value: workers.Original | Failure) -> None:
    if isinstance(value, Failure):
        _keep_row(state, planned, position, None, value.reason)
        return
    _keep_row(state, planned, position, value.seconds, None)
    for metric in state.plan.metrics:
        key = keys.reference_key(planned.identity, metric.key)
        state.store.put_evidence(key, value.prepared[metric.card.id])
    if state.plan.recognizer_key:
        key = keys.reference_key(planned.identity, state.plan.recognizer_key)
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
