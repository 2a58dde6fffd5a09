"""The reference side of the scores, once per utterance: what is heard in the original, what metrics prepare from it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any

from codecbench.api import Abstain, Audio, Listener, Sample, Score, Utterance
from codecbench.conditions import FULL_BAND, SourceRecording, bandwidth_hz
from codecbench.run.pool import guarded
from codecbench.run.workers import hearing
from codecbench.run.workers.evidence import Evidence, evidence_of, failure_of, reason_of, with_originals
from codecbench.run.workers.metrics import MetricJob, built, checked, scored
from codecbench.run.workers.signals import own_copy, source, write_listening_copy
from codecbench.store.answers import Failure, ScoreValue
from codecbench.store.originals import OriginalScore


@dataclass(frozen=True)
class Original:
    """The original's side of the scores; `prepared` by the name of each metric job."""

    seconds: float
    hypothesis: Evidence | None
    prepared: Mapping[str, Evidence]
    peak: float = 0.0
    """The largest sample, re full scale."""
    clipped: float = 0.0
    """The share of samples beyond it."""
    bandwidth_hz: float | None = None
    """In condition fb, see `codecbench.conditions.bandwidth_hz`."""


@guarded
def original(
    utterance: Utterance, recording: SourceRecording, metrics: Sequence[MetricJob], recognizer: str | None,
    transcribe: bool = True,
) -> Original:  # fmt: skip
    """Without `transcribe` there is no hypothesis, only what `metrics` need."""
    signal = source(recording)
    heard = None
    if recognizer and transcribe:
        heard = evidence_of(partial(hearing.transcribe, signal, recognizer, utterance.language))
    prepared = {job.name: _evidence(job, signal, utterance, recognizer) for job in metrics}
    bandwidth = bandwidth_hz(signal) if recording.condition == FULL_BAND else None
    return Original(signal.seconds, heard, prepared, signal.peak, signal.clipped, bandwidth)


def _evidence(job: MetricJob, signal: Audio, utterance: Utterance, recognizer: str | None) -> Evidence:
    """What the metric prepares, and the original's own score where it compares with nothing."""
    prepared = evidence_of(partial(_prepare, job, signal, utterance, recognizer))
    alone = [card for card in job.cards if not card.needs_reference]
    if not alone or "value" not in prepared:
        return prepared
    sample = Sample(utterance, own_copy(signal), own_copy(signal), own_copy(signal), prepared=prepared["value"])
    values: Mapping[str, Score | Abstain]
    try:
        values = scored(job, sample, alone)
    except Abstain as reason:
        values = {card.id: reason for card in alone}
    except BaseException as error:  # workers ignore Ctrl-C: whatever it is, it is the plugin's
        return reason_of(failure_of(error))
    return with_originals(prepared, {card.id: _own_score(checked(values.get(card.id))) for card in alone})


def _own_score(answer: ScoreValue | Failure) -> OriginalScore:
    if isinstance(answer, Failure):
        return OriginalScore(reason=answer.reason)
    return OriginalScore(answer.numerator, answer.denominator)


def _prepare(job: MetricJob, reference: Audio, utterance: Utterance, recognizer: str | None) -> Any:
    if not any(card.speaks(utterance.language) for card in job.cards):
        raise Abstain(f"it is not for speech in '{utterance.language}'")
    metric = built(job)
    if recognizer and job.uses_recognizer and isinstance(metric, Listener):
        model = hearing.recognizer(recognizer, utterance.language)
        return metric.prepare_heard(utterance, own_copy(reference), model, job.parameters)
    return metric.prepare(own_copy(reference))


@guarded
def keep_original(recording: SourceRecording, out: Path) -> None:
    """The original as the report plays it."""
    write_listening_copy(source(recording), out)
