"""What runs inside the worker processes: encoding, decoding, scoring. Each function is guarded and returns plain data.

An encoding and a decoding process are never the same one: a codec that passes anything but bytes between the two,
through its instance or its module, fails here as it would in the world.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import cache, lru_cache
from pathlib import Path
from typing import Any

import numpy as np
import soundfile
from numpy.typing import NDArray

from codecbench.alignment import estimate_delay, shift
from codecbench.api import (
    Abstain,
    Audio,
    Codec,
    CodecCard,
    CodecOptions,
    Hypothesis,
    Metric,
    Recognizer,
    Sample,
    Unavailable,
    Utterance,
    Word,
)
from codecbench.audio import audio_hash, fit_length, resample, source_signal, to_mono, with_channels
from codecbench.plugins import describe_error, registry
from codecbench.run.pool import guarded

RATE = 16000
"""The `wb` condition: source and reference are the 16 kHz signal."""
MARGIN_S = 0.005
"""Added to the bound of the delay search, for a codec that declares no frame."""
MAX_SURPLUS_S = 1.0
"""A decoder may return padding: up to this much, or a frame. More is a wrong length."""
MAX_MISSING_S = 0.05


@dataclass(frozen=True)
class CodecJob:
    """A codec to build in a worker."""

    spec: str
    options: CodecOptions


@dataclass(frozen=True)
class Encoded:
    payload: bytes
    samples: int
    entropy_bytes: int | None = None
    codebook_sizes: tuple[int, ...] | None = None
    codes: NDArray[np.int64] | None = None


@dataclass(frozen=True)
class Decoded:
    sha256: str
    delay_s: float | None
    missing: int
    surplus: int


@dataclass(frozen=True)
class Original:
    """The original's side of the scores: `prepared` by metric id, each `{"value"}` or `{"status", "reason"}`."""

    seconds: float
    hypothesis: Mapping[str, Any] | None
    prepared: Mapping[str, Any]


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
def original(utterance: Utterance, metrics: Sequence[str], recognizer: str | None) -> Original:
    source = _source(utterance.path)
    prepared: dict[str, Any] = {}
    for name in metrics:
        try:
            prepared[name] = {"value": _metric(name).prepare(source)}
        except Exception as error:
            prepared[name] = _why(error)
    return Original(source.seconds, _transcribe(source, recognizer) if recognizer else None, prepared)


@guarded
def encode(job: CodecJob, point: str, path: Path) -> Encoded:
    from codecbench.entropy import coded_bytes, load_model
    from codecbench.tokens import HasCodes

    codec, card = _codec(job)
    audio = _input(path, card)
    payload = codec.encode(audio, card.point(point))
    if not isinstance(payload, bytes):
        raise TypeError(f"encode returned {type(payload).__name__}, expected bytes")
    if not isinstance(codec, HasCodes):
        return Encoded(payload, audio.length)
    sizes = tuple(codec.codebook_sizes(card.point(point)))
    codes = codec.codes(payload, card.point(point))
    model = load_model(card)
    return Encoded(payload, audio.length, coded_bytes(codes, sizes, model) if model else None, sizes, codes)


@guarded
def decode(job: CodecJob, point: str, path: Path, payload: bytes, out: Path | None) -> Decoded:
    """Decode into `out` (24-bit FLAC at 16 kHz); without `out`, on a new instance, for comparison alone."""
    if out is None:
        _loaded.clear()
    codec, card = _codec(job)
    decoded = codec.decode(payload, card.point(point))
    length = _input(path, card).length
    _check(decoded, card, length)
    sha256 = audio_hash(decoded)
    missing, surplus = max(0, length - decoded.length), max(0, decoded.length - length)
    if out is None:
        return Decoded(sha256, None, missing, surplus)
    reference = _source(path)
    signal = resample(to_mono(decoded), RATE)
    delay = estimate_delay(reference, signal, (card.frame + card.lookahead) / card.sample_rate + MARGIN_S)
    # 24-bit PCM clips at full scale, as every sound card does; metrics are computed on what is written here.
    partial = out.with_suffix(".partial")
    soundfile.write(partial, np.clip(signal.samples[0], -1.0, 1.0), RATE, format="FLAC", subtype="PCM_24")
    partial.rename(out)
    return Decoded(sha256, delay, missing, surplus)


@guarded
def score(job: ScoreJob) -> Scored:
    reference = _source(job.utterance.path)
    samples, _ = soundfile.read(job.decoded, dtype="float32")
    signal = Audio.mono(samples, RATE)
    raw = fit_length(signal, reference.length).audio
    # Shifted before it is cut: the samples that a delay pushed beyond the end belong to the utterance.
    decoded = fit_length(shift(signal, job.delay_s), reference.length).audio if job.delay_s else raw
    if job.keep is not None:
        write_listening_copy(decoded, job.keep)
    heard = job.decoded_hypothesis
    scores: dict[str, Mapping[str, Any]] = {}
    for name in job.metrics:
        try:
            metric = _metric(name)
            if metric.card.uses_recognizer:
                if job.recognizer is None or job.reference_hypothesis is None:
                    raise Unavailable(job.recognizer_reason or "the original could not be recognized")
                if metric.card.needs_transcript and job.utterance.transcript is None:
                    raise Abstain("the dataset has no transcript of this utterance")
                heard = heard or _transcribe(decoded, job.recognizer)
            value = metric.score(
                Sample(
                    job.utterance, reference, decoded, raw, _hypothesis(job.reference_hypothesis), _hypothesis(heard),
                    _prepared(job.prepared.get(name)),
                )
            )  # fmt: skip
            if not np.isfinite([value.numerator, value.denominator]).all() or value.denominator <= 0:
                raise ValueError(f"it returned {value.numerator} / {value.denominator}")
            scores[name] = {
                "status": "ok", "numerator": float(value.numerator), "denominator": float(value.denominator),
                "detail": dict(value.detail),
            }  # fmt: skip
        except Exception as error:
            scores[name] = _why(error)
    return Scored(scores, heard)


@guarded
def keep_original(utterance: Utterance, out: Path) -> None:
    """The original as the report plays it."""
    write_listening_copy(_source(utterance.path), out)


@guarded
def cost(job: CodecJob, point: str, paths: Sequence[Path], mode: str) -> Mapping[str, Any]:
    """The cost of one codec at one point on an excerpt of real speech."""
    from codecbench.cost.measure import measure_cost

    codec, card = _codec(job)
    figures: Mapping[str, Any] = measure_cost(
        codec, card, card.point(point), lambda s: _excerpt(paths, s, card), mode=mode
    )
    return figures


def write_listening_copy(audio: Audio, path: Path) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    partial = path.with_suffix(".partial")
    soundfile.write(partial, np.clip(audio.samples[0], -1.0, 1.0), audio.sample_rate, format="FLAC", subtype="PCM_16")
    partial.rename(path)


_loaded: dict[CodecJob, tuple[Codec, CodecCard]] = {}


def _codec(job: CodecJob) -> tuple[Codec, CodecCard]:
    """The codec, loaded once; the one before it is let go, for a worker holds one model at a time."""
    if job not in _loaded:
        _loaded.clear()
        entry = registry().codecs[job.spec]
        _loaded[job] = (entry.factory(job.options), entry.card)
    return _loaded[job]


@cache
def _metric(name: str) -> Metric:
    metric: Metric = registry().metrics[name].factory()
    return metric


@cache
def _recognizer(name: str) -> Recognizer:
    recognizer: Recognizer = registry().recognizers[name].factory()
    return recognizer


@lru_cache(maxsize=128)
def _source(path: Path) -> Audio:
    return source_signal(path)


def _input(path: Path, card: CodecCard) -> Audio:
    """What the codec is given: the 16 kHz signal at its rate and channel count."""
    return with_channels(resample(_source(path), card.sample_rate), card.channels)


def _excerpt(paths: Sequence[Path], seconds: float, card: CodecCard) -> Audio:
    """`seconds` of speech at the codec's rate: utterances one after the other until there is enough."""
    parts: list[NDArray[np.float32]] = []
    wanted = round(seconds * RATE)
    while sum(len(part) for part in parts) < wanted:
        found = len(parts)
        parts += [_source(path).samples[0] for path in paths]
        if len(parts) == found:
            raise Abstain("the run has no utterance to measure on")
    return with_channels(resample(Audio.mono(np.concatenate(parts)[:wanted], RATE), card.sample_rate), card.channels)


def _check(decoded: object, card: CodecCard, length: int) -> None:
    if not isinstance(decoded, Audio):
        raise TypeError(f"decode returned {type(decoded).__name__}, expected Audio")
    if decoded.sample_rate != card.sample_rate:
        raise ValueError(f"decode returned {decoded.sample_rate} Hz, its card says {card.sample_rate} Hz")
    if decoded.channels != card.channels:
        raise ValueError(f"decode returned {decoded.channels} channels, its card says {card.channels}")
    if not np.isfinite(decoded.samples).all():
        raise ValueError("decode returned NaN or infinite samples")
    slack = card.frame + card.lookahead
    shortest = length - max(slack, round(MAX_MISSING_S * card.sample_rate))
    longest = length + max(slack, round(MAX_SURPLUS_S * card.sample_rate))
    if not shortest <= decoded.length <= longest:
        raise ValueError(f"decode returned {decoded.length} samples for {length}; allowed: {shortest} to {longest}")


def _transcribe(audio: Audio, recognizer: str) -> Mapping[str, Any]:
    heard = _recognizer(recognizer).transcribe(audio)
    return {"text": heard.text, "words": [vars(word) for word in heard.words]}


def _hypothesis(value: Mapping[str, Any] | None) -> Hypothesis | None:
    return None if value is None else Hypothesis(value["text"], tuple(Word(**word) for word in value["words"]))


def _prepared(value: Mapping[str, Any] | None) -> Any:
    if value is None or "value" in value:
        return value and value["value"]
    raise {"abstained": Abstain, "skipped": Unavailable}.get(value["status"], RuntimeError)(value["reason"])


def _why(error: Exception) -> dict[str, Any]:
    if isinstance(error, Abstain):
        return {"status": "abstained", "reason": str(error)}
    if isinstance(error, (Unavailable, ModuleNotFoundError)):
        return {"status": "skipped", "reason": str(error)}
    return {"status": "failed", "reason": describe_error(error)}
