"""What runs in the coding processes: encoding, decoding. Each is guarded and returns plain data.

An encoding and a decoding process are never the same one: a codec that passes anything but bytes between the two,
through its instance or its module, fails here as it would in the world.
"""

from __future__ import annotations

import os
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
import soundfile
from numpy.typing import NDArray

from codecbench.alignment import LEAST_S, estimate_delay
from codecbench.api import Audio, Codec, CodecCard, CodecOptions, Ladder, LadderStage, OperatingPoint
from codecbench.audio import CANCELLED_DB, SOURCE_RATE, audio_hash, cancelled_db, resample, to_mono, with_channels
from codecbench.audio_files import LOUDEST
from codecbench.plugins import registry
from codecbench.run.pool import guarded
from codecbench.run.workers.lengths import check_length, cut_level_db
from codecbench.run.workers.signals import own_copy, source

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
    codebook_sizes: tuple[int, ...] | None = None
    codes: NDArray[np.int64] | None = None


@dataclass(frozen=True)
class Decoded:
    sha256: str
    delay_s: float | None
    missing: int
    surplus: int
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
def encode(job: CodecJob, point: str, path: Path) -> Encoded:
    from codecbench.api import HasCodes
    from codecbench.entropy import load_model

    codec, card = loaded(job)
    audio = _input(path, card)
    payload = codec.encode(audio, card.point(point))
    if type(payload) is not bytes:  # not isinstance: a subclass could carry more than its bytes to the decoder
        raise TypeError(f"encode returned {type(payload).__name__}, expected bytes")
    if not isinstance(codec, HasCodes):
        return Encoded(payload, audio.length)
    sizes = tuple(int(size) for size in codec.codebook_sizes(card.point(point)))
    codes = _checked_codes(codec.codes(payload, card.point(point)), sizes)
    model = load_model(card, job.options.weights)
    entropy_bytes = None if model is None else _entropy_bytes(payload, codes, sizes, model)
    return Encoded(payload, audio.length, entropy_bytes, sizes, codes)


@guarded
def decode(
    job: CodecJob, point: str, path: Path, payload: bytes, out: Path | None, find_delay: bool = False
) -> Decoded:
    """Decode into `out` (24-bit FLAC at 16 kHz); without `out`, for comparison alone.

    `delay_s` is looked for where `find_delay` says so.
    """
    codec, card = loaded(job)
    decoded = codec.decode(payload, card.point(point))
    length = _input(path, card).length
    reach = _reach(card, card.point(point))
    _check(decoded, card, length, reach)
    sha256 = audio_hash(decoded)
    missing, surplus = max(0, length - decoded.length), max(0, decoded.length - length)
    if out is None:
        return Decoded(sha256, None, missing, surplus)
    signal = _mono_16k(decoded, "decode")
    bound = reach / card.sample_rate + MARGIN_S
    delay = estimate_delay(source(path), signal, bound) if find_delay else None
    lead = round(delay * card.sample_rate) if delay is not None and delay >= LEAST_S else 0
    _write(signal, out)
    cut = cut_level_db(decoded, length, lead)
    return Decoded(sha256, delay, missing, surplus, cut, decoded.peak, decoded.clipped)


@guarded
def bypass(job: CodecJob, stage: LadderStage, path: Path, out: Path) -> Bypassed:
    """The signal through `stage` alone into `out`, as `decode` writes it."""
    codec, card = loaded(job)
    if not isinstance(codec, Ladder):
        return Bypassed("the plugin has no method bypass (codecbench.api.Ladder)")
    audio = _input(path, card)
    length = audio.length  # before the plugin may write into it
    turned = codec.bypass(audio, stage)
    if turned is None:
        return Bypassed("waveform" if stage == "front_end" else "no network")
    # A part depends on no point, but for the highest: see Ladder.
    _check(turned, card, length, _reach(card, card.points[-1]), "bypass")
    _write(_mono_16k(turned, "bypass"), out)
    return Bypassed(None)


@guarded
def unchanged(path: Path, out: Path) -> Bypassed:
    """The original into `out`, as `decode` writes a signal: what no codec can be better than."""
    _write(source(path), out)
    return Bypassed(None)


_loaded: dict[CodecJob, tuple[Codec, CodecCard]] = {}


def loaded(job: CodecJob) -> tuple[Codec, CodecCard]:
    """The codec, loaded once; the one before it is let go, for a worker holds one model at a time."""
    if job not in _loaded:
        _loaded.clear()
        entry = registry().codecs[job.spec]
        _loaded[job] = (entry.factory(job.options), entry.card)
    return _loaded[job]


def _input(path: Path, card: CodecCard) -> Audio:
    """What the codec is given: the 16 kHz signal at its rate and channel count. Its own copy: it may write into it."""
    return own_copy(with_channels(resample(source(path), card.sample_rate), card.channels))


def _mono_16k(decoded: Audio, method: str) -> Audio:
    """What is scored of a decoded signal. Raises ValueError where its channels cancel each other."""
    mono = to_mono(decoded)
    lost = cancelled_db(decoded, mono)
    if lost > CANCELLED_DB:
        raise ValueError(f"{method} returned channels that cancel each other: their mean is {lost:.0f} dB below them")
    return resample(mono, SOURCE_RATE)


def _write(signal: Audio, out: Path) -> None:
    """24-bit PCM clips at full scale, as every sound card does; metrics are computed on what is written here."""
    partial_file = out.with_suffix(f".{os.getpid()}.partial")
    soundfile.write(partial_file, np.clip(signal.samples[0], -1.0, 1.0), SOURCE_RATE, format="FLAC", subtype="PCM_24")
    partial_file.rename(out)


def _entropy_bytes(
    payload: bytes, codes: NDArray[np.int64], sizes: tuple[int, ...], model: EntropyModel
) -> int | None:  # fmt: skip
    """The payload's size with its codes entropy-coded: its side information stays as it is."""
    from codecbench.entropy import coded_bytes, side_bytes

    side = side_bytes(payload, codes, sizes)
    return None if side is None else side + coded_bytes(codes, sizes, model)


def _checked_codes(codes: object, sizes: tuple[int, ...]) -> NDArray[np.int64]:
    """`codes` as [codebooks, frames], each within its codebook: the store and the report rely on it."""
    table = np.array(codes, dtype=np.int64)
    if table.ndim != 2 or len(table) != len(sizes):
        raise ValueError(f"codes returned shape {table.shape}, expected [{len(sizes)}, frames]")
    if table.size and (table.min() < 0 or (table.max(axis=1) >= np.array(sizes)).any()):
        raise ValueError(f"codes returned codes outside its codebooks of {sizes}")
    return table


def _reach(card: CodecCard, point: OperatingPoint) -> int:
    """Frame and look-ahead in samples: by so much an output may trail its input, and be longer."""
    return card.frame_at(point) + card.lookahead_at(point)


def _check(decoded: object, card: CodecCard, length: int, slack: int, method: str = "decode") -> None:
    if not isinstance(decoded, Audio):
        raise TypeError(f"{method} returned {type(decoded).__name__}, expected Audio")
    if decoded.sample_rate != card.sample_rate:
        raise ValueError(f"{method} returned {decoded.sample_rate} Hz, its card says {card.sample_rate} Hz")
    if decoded.channels != card.channels:
        raise ValueError(f"{method} returned {decoded.channels} channels, its card says {card.channels}")
    if not np.isfinite(decoded.samples).all():
        raise ValueError(f"{method} returned NaN or infinite samples")
    if decoded.peak > LOUDEST:
        raise ValueError(
            f"{method} returned samples up to {decoded.peak:.5g} times full scale; they must be within [-1, 1]: divide "
            "16-bit counts by 32768"
        )
    check_length(decoded, length, slack, method)
