"""What runs in the scoring processes: the reference side of an utterance, and the scores of a cell."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cache, partial
from pathlib import Path
from typing import Any

import numpy as np
import soundfile

from codecbench.alignment import shift
from codecbench.api import (
    Abstain,
    Audio,
    Hypothesis,
    Listener,
    Metric,
    Recognizer,
    RecognizerCard,
    Sample,
    Scorer,
    TextScore,
    Unavailable,
    Utterance,
    Word,
)
from codecbench.audio import SOURCE_RATE, fit_length
from codecbench.plugins import Registered, describe_error, registry
from codecbench.recognizers.choice import find_recognizer
from codecbench.run.pool import guarded
from codecbench.run.workers.signals import source, write_listening_copy

LARGEST = 1e100
"""Sums of squares of anything beyond would not be finite."""


@dataclass(frozen=True)
class Original:
    """The original's side of the scores. Each piece of evidence is `{"value"}` or `{"status", "reason"}`."""

    seconds: float
    hypothesis: Mapping[str, Any] | None
    prepared: Mapping[str, Mapping[str, Any]]
    """By metric id."""


@dataclass(frozen=True)
class ScoreJob:
    utterance: Utterance
    decoded: Path
    delay_s: float
    metrics: tuple[str, ...]
    recognizer: str | None
    recognizer_reason: str | None
    prepared: Mapping[str, Any] = field(default_factory=dict)
    reference_hypothesis: Mapping[str, Any] | None = None
    decoded_hypothesis: Mapping[str, Any] | None = None
    keep: Path | None = None


@dataclass(frozen=True)
class Scored:
    """Scores by metric id, as the store's columns; the hypothesis on the decoded is evidence for later metrics."""

    scores: Mapping[str, Mapping[str, Any]]
    hypothesis: Mapping[str, Any] | None


@guarded
def original(
    utterance: Utterance, metrics: Mapping[str, Mapping[str, Any]], recognizer: str | None, transcribe: bool = True
) -> Original:
    """`metrics`: their cards' parameters by id. Without `transcribe` there is no hypothesis, only what metrics need."""
    signal = source(utterance.path)
    heard = _evidence(partial(_transcribe, signal, recognizer)) if recognizer and transcribe else None
    prepared = {
        name: _evidence(partial(_prepare, name, signal, utterance, recognizer, parameters))
        for name, parameters in metrics.items()
    }
    return Original(signal.seconds, heard, prepared)


@guarded
def score(job: ScoreJob) -> Scored:
    reference = source(job.utterance.path)
    raw, decoded = _signals(job.decoded, job.delay_s, reference.length)
    if job.keep is not None:
        write_listening_copy(decoded, job.keep)
    heard = job.decoded_hypothesis
    original_heard = None
    scores: dict[str, Mapping[str, Any]] = {}
    for name in job.metrics:
        try:
            metric = _metric(name)
            if metric.card.uses_recognizer:
                if job.recognizer is None:
                    raise Unavailable(job.recognizer_reason or "there is no recognizer")
                original_heard = _hypothesis(_value(job.reference_hypothesis))
                if metric.card.needs_transcript and job.utterance.transcript is None:
                    raise Abstain("the dataset has no transcript of this utterance")
                if metric.card.needs_hypothesis:
                    heard = heard or _transcribe(decoded, job.recognizer)
            value = metric.score(
                Sample(
                    job.utterance, _copy(reference), _copy(decoded), _copy(raw), original_heard,
                    _hypothesis(heard), _value(job.prepared.get(name)),
                    *_ears(metric, job.recognizer),
                )
            )  # fmt: skip
            if not (abs(value.numerator) < LARGEST and 0 < value.denominator < LARGEST):  # NaN is neither
                raise ValueError(f"it returned {value.numerator} / {value.denominator}")
            scores[name] = {
                "status": "ok", "numerator": float(value.numerator), "denominator": float(value.denominator),
                "detail": _plain(dict(value.detail)),
            }  # fmt: skip
        except (Exception, SystemExit) as error:
            scores[name] = _why(error)
    return Scored(scores, heard)


def _signals(file: Path, delay_s: float, length: int) -> tuple[Audio, Audio]:
    """The decoded signal of `file` at `length`: as it came, and without its delay."""
    samples, _ = soundfile.read(file, dtype="float32")
    signal = Audio.mono(samples, SOURCE_RATE)
    raw = fit_length(signal, length).audio
    # Shifted before it is cut: the samples that a delay pushed beyond the end belong to the utterance.
    return raw, fit_length(shift(signal, delay_s), length).audio if delay_s else raw


@guarded
def keep_decoded(utterance: Utterance, decoded: Path, delay_s: float, out: Path) -> None:
    """A decoded signal as the report plays it: what was scored."""
    write_listening_copy(_signals(decoded, delay_s, source(utterance.path).length)[1], out)


@guarded
def keep_original(utterance: Utterance, out: Path) -> None:
    """The original as the report plays it."""
    write_listening_copy(source(utterance.path), out)


@cache
def _metric(name: str) -> Metric:
    metric: Metric = registry().metrics[name].factory()
    return metric


@guarded
def try_recognizer(spec: str) -> None:
    """Load it, and let it hear a second of noise: what it makes of it does not matter."""
    noise = np.random.default_rng(0).normal(0.0, 0.01, SOURCE_RATE)
    _transcribe(Audio.mono(noise, SOURCE_RATE), spec)


@cache
def _entry(spec: str) -> Registered[RecognizerCard]:
    return find_recognizer(spec, registry())


@cache
def _recognizer(spec: str) -> Recognizer:
    recognizer: Recognizer = _entry(spec).factory()
    return recognizer


def _ears(metric: Metric, recognizer: str | None) -> tuple[RecognizerCard, Scorer] | tuple[None, None]:
    if recognizer is None or not metric.card.uses_recognizer:
        return None, None
    return _entry(recognizer).card, _LazyScorer(recognizer)


@dataclass(frozen=True)
class _LazyScorer:
    """The recognizer's model is loaded only where a metric has texts to score."""

    recognizer: str

    def score_texts(self, audio: Audio, texts: Sequence[str]) -> list[TextScore]:
        recognizer = _recognizer(self.recognizer)
        if not isinstance(recognizer, Scorer):
            raise Abstain(f"the recognizer '{_entry(self.recognizer).card.id}' cannot score texts (no score_texts)")
        return recognizer.score_texts(audio, texts)


def _transcribe(audio: Audio, recognizer: str) -> Mapping[str, Any]:
    heard = _recognizer(recognizer).transcribe(_copy(audio))
    return {"text": heard.text, "words": [vars(word) for word in heard.words]}


def _hypothesis(value: Mapping[str, Any] | None) -> Hypothesis | None:
    return None if value is None else Hypothesis(value["text"], tuple(Word(**word) for word in value["words"]))


def _prepare(
    name: str, reference: Audio, utterance: Utterance, recognizer: str | None, parameters: Mapping[str, Any]
) -> Any:
    metric = _metric(name)
    if recognizer and metric.card.uses_recognizer and isinstance(metric, Listener):
        return metric.prepare_heard(utterance, _copy(reference), _recognizer(recognizer), parameters)
    return metric.prepare(_copy(reference))


def _evidence(compute: Callable[[], Any]) -> dict[str, Any]:
    try:
        return {"value": _plain(compute())}
    except (Exception, SystemExit) as error:
        return _why(error)


def _value(evidence: Mapping[str, Any] | None) -> Any:
    """What `_evidence` computed; raises what it raised, so that every score that needs it says why it has none."""
    if evidence is None or "value" in evidence:
        return evidence and evidence["value"]
    problem = {"abstained": Abstain, "skipped": Unavailable}.get(evidence["status"], RuntimeError)
    raise problem(f"on the original: {evidence['reason']}")


def _copy(audio: Audio) -> Audio:
    """A metric's own: what one writes into must not reach the next."""
    return Audio(audio.samples.copy(), audio.sample_rate)


def _plain(value: Any) -> Any:
    """`value` as the store will give it back. Raises TypeError or ValueError where it is not JSON."""
    return json.loads(json.dumps(value, allow_nan=False))


def _why(error: BaseException) -> dict[str, Any]:
    if isinstance(error, Abstain):
        told = {"status": "abstained", "reason": str(error)}
        return told | {"detail": _plain(dict(error.detail))} if error.detail else told
    if isinstance(error, (Unavailable, ModuleNotFoundError)):
        return {"status": "skipped", "reason": str(error)}
    return {"status": "failed", "reason": describe_error(error)}
