"""What runs in the coding processes: encoding, decoding. Each is guarded and returns plain data.

An encoding and a decoding process are never the same one: a codec that passes anything but bytes between the two,
through its instance or its module, fails here as it would in the world.
"""

from __future__ import annotations

import os
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
import soundfile

from codecbench.alignment import LEAST_S, estimate_delay
from codecbench.api import Audio, Codec, CodecCard, CodecOptions, HasCodes, Ladder, LadderStage, OperatingPoint
from codecbench.api.tokens import codebooks_of
from codecbench.audio import CANCELLED_DB, SOURCE_RATE, audio_hash, cancelled_db, resample, to_mono, with_channels
from codecbench.audio_files import LOUDEST
from codecbench.codebooks import Codebook, CodeRows, Row, check_rows
from codecbench.conditions import FULL_BAND, Condition, SourceRecording
from codecbench.payloads import coded_samples, read_payload
from codecbench.plugins import registry
from codecbench.run.pool import guarded
from codecbench.run.workers.lengths import check_length, cut_level_db
from codecbench.run.workers.signals import given, own_copy, source

if TYPE_CHECKING:
    from codecbench.entropy import EntropyModel

MARGIN_S = 0.005
"""Added to the bound of the delay search, for a codec that declares no frame."""


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
    codebooks: tuple[Codebook, ...] | None = None
    codes: tuple[Row, ...] | None = None


@dataclass(frozen=True)
class Decoded:
    sha256: str
    delay_s: float | None
    missing: int | None
    """Of samples against the original's length, as `surplus`; None where there is no recording."""
    surplus: int | None
    cut_level_db: float | None = None
    peak: float = 0.0
    """The largest sample of what was decoded, re full scale."""
    clipped: float = 0.0
    """The share of samples that full scale clips."""


@dataclass(frozen=True)
class Bypassed:
    """A rung of the loss ladder: its signal is written, or `absent` says why the codec has no such part."""

    absent: str | None


@guarded
def load(job: CodecJob) -> None:
    """Build the codec: so long a checkpoint takes from a slow disk, and no cell's time goes by."""
    loaded(job)


@guarded
def encode(job: CodecJob, point: str, recording: SourceRecording) -> Encoded:
    codec, card = loaded(job)
    audio = recording.given_to(codec, card, card.point(point), _input(recording, card))
    payload = codec.encode(audio, card.point(point))
    if type(payload) is not bytes:  # not isinstance: a subclass could carry more than its bytes to the decoder
        raise TypeError(f"encode returned {type(payload).__name__}, expected bytes")
    return _encoded(job, card.point(point), payload, audio.length)


@guarded
def take(job: CodecJob, point: str, recording: SourceRecording, file: Path, seconds: float | None) -> Encoded:
    """The payload in `file` in place of what the codec would encode. `seconds`: the utterance's, where known."""
    codec, card = loaded(job)
    at = card.point(point)
    payload = read_payload(file, codec, card, at)
    if recording.path is not None:
        return _encoded(job, at, payload, _input(recording, card).length)
    samples = coded_samples(payload, codec, card, at) if seconds is None else round(seconds * card.sample_rate)
    return _encoded(job, at, payload, samples)


def _encoded(job: CodecJob, point: OperatingPoint, payload: bytes, samples: int) -> Encoded:
    """With the codes that are in the payload."""
    from codecbench.entropy import load_model

    codec, card = loaded(job)
    if not isinstance(codec, HasCodes):
        return Encoded(payload, samples)
    books = _checked_codebooks(codec, point)
    codes = _checked_codes(codec.codes(payload, point), books)
    model = load_model(card, job.options.weights)
    entropy_bytes = None if model is None else _entropy_bytes(payload, codes, books, model)
    return Encoded(payload, samples, entropy_bytes, books, codes)


@guarded
def decode(
    job: CodecJob, point: str, recording: SourceRecording, payload: bytes, out: Path | None, find_delay: bool = False
) -> Decoded:
    """Decode into `out` (24-bit FLAC, as the condition compares it); without `out`, for comparison alone.

    `delay_s` is looked for where `find_delay` says so.
    """
    codec, card = loaded(job)
    decoded = recording.decoded_by(codec, card, card.point(point), payload)
    if recording.path is None:
        return _decoded_alone(decoded, card, recording.condition, out)
    length = card.decoded_length(_input(recording, card).length)
    reach = _reach(card, card.point(point))
    _check(decoded, card, length, reach)
    decoded = recording.after(decoded)
    sha256 = audio_hash(decoded)
    missing, surplus = max(0, length - decoded.length), max(0, decoded.length - length)
    if out is None:
        return Decoded(sha256, None, missing, surplus)
    reference = source(recording)
    signal = _compared(decoded, reference, "decode")
    bound = recording.codings * (reach / card.decoded_rate + MARGIN_S) + recording.delay_s
    delay = estimate_delay(to_mono(reference), to_mono(signal), bound) if find_delay else None
    lead = round(delay * card.decoded_rate) if delay is not None and delay >= LEAST_S else 0
    _write(signal, out)
    cut = cut_level_db(decoded, length, lead)
    return Decoded(sha256, delay, missing, surplus, cut, decoded.peak, decoded.clipped)


def _decoded_alone(decoded: Audio, card: CodecCard, condition: Condition, out: Path | None) -> Decoded:
    """Where nobody has a recording: how long it should be, and where it begins, nobody can tell."""
    _check_signal(decoded, card, "decode")
    if out is not None:
        _write(decoded if condition == FULL_BAND else resample(_mixed(decoded, "decode"), SOURCE_RATE), out)
    return Decoded(audio_hash(decoded), None, None, None, None, decoded.peak, decoded.clipped)


@guarded
def bypass(job: CodecJob, stage: LadderStage, recording: SourceRecording, out: Path) -> Bypassed:
    """The signal through `stage` alone into `out`, as `decode` writes it."""
    codec, card = loaded(job)
    if not isinstance(codec, Ladder):
        return Bypassed("the plugin has no method bypass (codecbench.api.Ladder)")
    audio = _input(recording, card)
    length = card.decoded_length(audio.length)  # before the plugin may write into it
    turned = codec.bypass(audio, stage)
    if turned is None:
        return Bypassed("waveform" if stage == "front_end" else "no network")
    # A part depends on no point, but for the highest: see Ladder.
    _check(turned, card, length, _reach(card, card.points[-1]), "bypass")
    _write(_compared(turned, source(recording), "bypass"), out)
    return Bypassed(None)


@guarded
def unchanged(recording: SourceRecording, out: Path) -> Bypassed:
    """The original into `out`, as `decode` writes a signal: what no codec can be better than."""
    _write(source(recording), out)
    return Bypassed(None)


_loaded: dict[CodecJob, tuple[Codec, CodecCard]] = {}


def loaded(job: CodecJob) -> tuple[Codec, CodecCard]:
    """The codec, loaded once; the one before it is let go, for a worker holds one model at a time."""
    if job not in _loaded:
        _loaded.clear()
        entry = registry().codecs[job.spec]
        _loaded[job] = (entry.factory(job.options), entry.card)
    return _loaded[job]


def _input(recording: SourceRecording, card: CodecCard) -> Audio:
    """What the codec is given: the source at its rate and channel count. Its own copy: it may write into it."""
    return own_copy(with_channels(resample(given(recording), card.sample_rate), card.channels))


def _compared(decoded: Audio, reference: Audio, method: str) -> Audio:
    """What is scored of a decoded signal: at the reference's rate, all channels where it has as many, else their mean.

    Raises ValueError where channels whose mean is taken cancel each other.
    """
    if decoded.channels == reference.channels:
        return resample(decoded, reference.sample_rate)
    return resample(_mixed(decoded, method), reference.sample_rate)


def _mixed(decoded: Audio, method: str) -> Audio:
    """The mean of its channels. Raises ValueError where they cancel each other."""
    mono = to_mono(decoded)
    lost = cancelled_db(decoded, mono)
    if lost > CANCELLED_DB:
        raise ValueError(f"{method} returned channels that cancel each other: their mean is {lost:.0f} dB below them")
    return mono


def _write(signal: Audio, out: Path) -> None:
    """24-bit PCM clips at full scale, as every sound card does; metrics are computed on what is written here."""
    partial_file = out.with_suffix(f".{os.getpid()}.partial")
    samples = np.clip(signal.samples.T, -1.0, 1.0)  # [samples, channels]
    soundfile.write(partial_file, samples, signal.sample_rate, format="FLAC", subtype="PCM_24")
    partial_file.rename(out)


def _entropy_bytes(
    payload: bytes, codes: CodeRows, books: tuple[Codebook, ...], model: EntropyModel
) -> int | None:  # fmt: skip
    """The payload's size with its codes entropy-coded: its side information stays as it is."""
    from codecbench.entropy import coded_bytes, side_bytes

    side = side_bytes(payload, codes, books)
    return None if side is None else side + coded_bytes(codes, books, model)


def _checked_codebooks(codec: HasCodes, point: OperatingPoint) -> tuple[Codebook, ...]:
    """The codec's own at `point`. Raises ValueError where its card states others."""
    books = codebooks_of(codec, point)
    if point.codebooks and books != point.codebooks:
        raise ValueError(f"the codec has codebooks {_told(books)}, its card says {_told(point.codebooks)}")
    return books


def _told(books: Sequence[Codebook]) -> str:
    return ", ".join(str(book.size) if book.is_plain else str(book) for book in books)


def _checked_codes(codes: object, books: Sequence[Codebook]) -> tuple[Row, ...]:
    """`codes` as one row a codebook, each within it: the store and the report rely on it."""
    try:
        return check_rows(codes, books)
    except (TypeError, ValueError) as error:
        raise ValueError(f"codes returned what its codebooks cannot hold: {error}") from error


def _reach(card: CodecCard, point: OperatingPoint) -> int:
    """Frame and look-ahead in samples of the output: by so much it may trail its input, and be longer."""
    return card.decoded_length(card.frame_at(point) + card.lookahead_at(point))


def _check(decoded: Audio, card: CodecCard, length: int, slack: int, method: str = "decode") -> None:
    _check_signal(decoded, card, method)
    check_length(decoded, length, slack, method)


def _check_signal(decoded: object, card: CodecCard, method: str) -> None:
    if not isinstance(decoded, Audio):
        raise TypeError(f"{method} returned {type(decoded).__name__}, expected Audio")
    if decoded.sample_rate != card.decoded_rate:
        raise ValueError(f"{method} returned {decoded.sample_rate} Hz, its card says {card.decoded_rate} Hz")
    if decoded.channels != card.channels:
        raise ValueError(f"{method} returned {decoded.channels} channels, its card says {card.channels}")
    if not np.isfinite(decoded.samples).all():
        raise ValueError(f"{method} returned NaN or infinite samples")
    if decoded.peak > LOUDEST:
        raise ValueError(
            f"{method} returned samples up to {decoded.peak:.5g} times full scale; they must be within [-1, 1]: divide "
            "16-bit counts by 32768"
        )
