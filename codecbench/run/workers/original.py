"""The reference side of the scores, once per utterance: what is heard in the original, what metrics prepare from it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any

from codecbench.api import Abstain, Audio, Listener, Utterance
from codecbench.conditions import FULL_BAND, Recording, bandwidth_hz
from codecbench.run.pool import guarded
from codecbench.run.workers import hearing
from codecbench.run.workers.evidence import Evidence, evidence_of
from codecbench.run.workers.metrics import MetricJob, built
from codecbench.run.workers.signals import own_copy, source, write_listening_copy


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
    utterance: Utterance, recording: Recording, metrics: Sequence[MetricJob], recognizer: str | None,
    transcribe: bool = True,
) -> Original:  # fmt: skip
    """Without `transcribe` there is no hypothesis, only what `metrics` need."""
    signal = source(recording)
    heard = None
    if recognizer and transcribe:
        heard = evidence_of(partial(hearing.transcribe, signal, recognizer, utterance.language))
    prepared = {job.name: evidence_of(partial(_prepare, job, signal, utterance, recognizer)) for job in metrics}
    bandwidth = bandwidth_hz(signal) if recording.condition == FULL_BAND else None
    return Original(signal.seconds, heard, prepared, signal.peak, signal.clipped, bandwidth)


def _prepare(job: MetricJob, reference: Audio, utterance: Utterance, recognizer: str | None) -> Any:
    if not any(card.speaks(utterance.language) for card in job.cards):
        raise Abstain(f"it is not for speech in '{utterance.language}'")
    metric = built(job.name)
    if recognizer and job.uses_recognizer and isinstance(metric, Listener):
        model = hearing.recognizer(recognizer, utterance.language)
        return metric.prepare_heard(utterance, own_copy(reference), model, job.parameters)
    return metric.prepare(own_copy(reference))


@guarded
def keep_original(recording: Recording, out: Path) -> None:
    """The original as the report plays it."""
    write_listening_copy(source(recording), out)
