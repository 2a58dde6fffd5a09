"""Algorithmic latency, measured on the codec as it is: from audio through bytes to audio, quantizer on.

    latency = codec delay + max{m - n + 1 : output sample y[n] depends on input sample x[m]}

in samples at the codec's rate, on the output's own timeline. Dependence is observed: all of x from m on is replaced by
other speech, and n is the first output sample that changes. So it is a lower bound; a codec's latency is no less than
the frame and the look-ahead that its card declares at that point (then it is called structural). The delay (by which
the output trails the input) makes the figure independent of how a codec trims: silence put before the output raises the
delay and lowers m - n by the same. One frame of the codec is buffering, the rest look-ahead. A causal codec with frames
of F samples has latency F; one that analyses windows of W samples has latency W.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from codecbench.api import Abstain, Audio, Codec, CodecCard, LatencyKind, OperatingPoint
from codecbench.audio import resample
from codecbench.cost.delay import Delay, codec_delay
from codecbench.cost.signals import speech_like

TOLERANCE = 1e-5
"""A change below this share of the output's peak is none: -100 dB, far under any quantizer's step (a 16-bit output's
is three times larger at full scale), and far over the 1e-7 by which float32 rounding of a fast Fourier transform
smears a change over its block."""

CONTEXTS_SECONDS = (0.6, 1.2, 2.4, 4.8)
"""Audio before the change. A dependence that reaches the start of one is looked for again in the next."""

TAIL_SECONDS = 0.25
DELAY_SECONDS = 4.0
DELAY_SIGNALS = 6


@dataclass(frozen=True)
class Latency:
    """Latency in ms; `total_ms`, `buffering_ms` and `lookahead_ms` are None where the codec needs the whole utterance.

    `kind`: seen in the output, or what frame and look-ahead reach. `position` is the input sample within a frame that
    waits longest; `delay_method` says how `delay_ms` was found.
    """

    delay_ms: float
    delay_method: Literal["waveform", "envelope", "declared"]
    total_ms: float | None = None
    buffering_ms: float | None = None
    lookahead_ms: float | None = None
    position: int | None = None
    utterance: bool = False
    kind: LatencyKind = "measured"


@dataclass(frozen=True)
class _Reach:
    """The largest m - n + 1 seen, at which position; `to_start` when n lay in the output's first frame."""

    samples: int
    position: int
    to_start: bool


def measure_latency(
    codec: Codec,
    card: CodecCard,
    point: OperatingPoint,
    *,
    positions: Sequence[int] | None = None,
    signals: int = 3,
    delay: int | None = None,
) -> Latency:
    """The latency of `codec` at `point`.

    `positions` are places within a frame of that point where the input is replaced, by default all of them; `signals`
    is the number of pairs of signals: more uncover dependences that a quantizer hides in one of them. `delay` is the
    output's delay in samples at the codec's rate, by default measured, or the card's where it cannot be: random weights
    and vocoders do not always allow that.

    Raises:
        Abstain: the codec's output differs from run to run, never reacts to its input, or its delay cannot be found.
    """
    frame = card.frame_at(point)
    positions = range(frame) if positions is None else sorted(set(positions))
    if not positions or min(positions) < 0 or max(positions) >= frame:
        raise ValueError(f"positions must be in [0, {frame}), got {list(positions)}")
    algorithmic = Delay(delay, "declared") if delay is not None else _delay(codec, card, point)
    milliseconds = 1000 / card.sample_rate
    for context in dict.fromkeys(_in_frames(seconds, card, frame) for seconds in CONTEXTS_SECONDS):
        reach = _longest_reach(codec, card, point, context, positions, signals)
        if not reach.to_start:
            total = algorithmic.samples + reach.samples
            buffering = max(0, min(frame, total))
            return Latency(
                delay_ms=algorithmic.samples * milliseconds,
                delay_method=algorithmic.method,
                total_ms=total * milliseconds,
                buffering_ms=buffering * milliseconds,
                lookahead_ms=(total - buffering) * milliseconds,
                position=reach.position,
            )
    return Latency(algorithmic.samples * milliseconds, algorithmic.method, utterance=True)


def no_less_than_declared(measured: Latency, card: CodecCard, point: OperatingPoint) -> Latency:
    """`measured`, or what the card's frame and look-ahead reach at `point` where that is further.

    A measured reach is a lower bound: a quantizer hides dependences that only other signals would show. Nothing is
    declared of a codec that needs the whole utterance.
    """
    milliseconds = 1000 / card.sample_rate
    frame, lookahead = card.frame_at(point), card.lookahead_at(point)
    declared = (frame + lookahead) * milliseconds
    if card.whole_utterance or measured.total_ms is None or measured.total_ms >= declared:
        return measured
    return replace(
        measured, total_ms=declared, buffering_ms=frame * milliseconds, lookahead_ms=lookahead * milliseconds,
        kind="structural",
    )  # fmt: skip


def boundary_positions(frame: int, inner: int = 0) -> tuple[int, ...]:
    """A subset of a frame's positions: both its ends and their neighbours, and `inner` more, evenly spread.

    >>> boundary_positions(320, 3)
    (0, 1, 80, 160, 240, 318, 319)
    """
    spread = [frame * step // (inner + 1) for step in range(1, inner + 1)]
    return tuple(sorted({min(frame - 1, max(0, place)) for place in (0, 1, *spread, frame - 2, frame - 1)}))


def _longest_reach(
    codec: Codec, card: CodecCard, point: OperatingPoint, context: int, positions: Sequence[int], signals: int
) -> _Reach:
    longest: _Reach | None = None
    for position, first in _first_changes(codec, card, point, context, positions, signals):
        samples = context + position - first + 1
        if longest is None or samples > longest.samples:
            longest = _Reach(samples, position, first < card.frame_at(point))
        if longest.to_start:
            break
    if longest is None:
        raise Abstain(f"{card.spec} at {point}: the output does not depend on the input")
    return longest


def _first_changes(
    codec: Codec, card: CodecCard, point: OperatingPoint, context: int, positions: Sequence[int], signals: int
) -> Iterator[tuple[int, int]]:
    """(position, first output sample that changes) wherever any does."""
    frame = card.frame_at(point)
    length = context + frame + _in_frames(TAIL_SECONDS, card, frame)
    for seed in range(signals):
        before = speech_like(length, card.sample_rate, 2 * seed).samples[0]
        other = speech_like(length, card.sample_rate, 2 * seed + 1).samples[0]
        original = _round_trip(codec, card, point, before)
        threshold = TOLERANCE * float(np.abs(original).max())
        if seed == 0 and not np.array_equal(original, _round_trip(codec, card, point, before)):
            raise Abstain(f"{card.spec} at {point} decodes the same input differently each time")
        for position in positions:
            start = context + position
            changed = _round_trip(codec, card, point, _replaced(before, other, start))
            shared = min(original.shape[1], changed.shape[1])
            different = (np.abs(original[:, :shared] - changed[:, :shared]) > threshold).any(axis=0)
            if different.any():
                # An output of another rate is counted in samples of the input, rounded down: never a shorter reach.
                yield position, int(np.argmax(different)) * card.sample_rate // card.decoded_rate


def _replaced(before: NDArray[np.float32], other: NDArray[np.float32], start: int) -> NDArray[np.float32]:
    """`before` up to `start`, then `other` from where it differs most from the sample it replaces.

    One sample of difference must be heard through the quantizer where `start` is the last sample of a frame.
    """
    rest = len(before) - start
    jump = int(np.argmax(np.abs(other[: len(other) - rest] - before[start])))
    return np.concatenate([before[:start], other[jump : jump + rest]])


def _delay(codec: Codec, card: CodecCard, point: OperatingPoint) -> Delay:
    """As it is found in the output, else as the card declares it."""
    try:
        return _find_delay(codec, card, point)
    except Abstain:
        if card.delay is None:
            raise
        return Delay(card.delay, "declared")


def _find_delay(codec: Codec, card: CodecCard, point: OperatingPoint) -> Delay:
    frame = card.frame_at(point)
    length = _in_frames(DELAY_SECONDS, card, frame)
    inputs = [speech_like(length, card.sample_rate, seed).samples[0] for seed in range(DELAY_SIGNALS)]
    outputs = [_at_input_rate(_round_trip(codec, card, point, samples)[0], card) for samples in inputs]
    reach = max(4 * frame, card.sample_rate // 2)
    return codec_delay(inputs, outputs, reach, card.sample_rate)


def _at_input_rate(output: NDArray[np.float32], card: CodecCard) -> NDArray[np.float32]:
    """`output` [samples] of a decoder at the rate of the encoder's input."""
    resampled: NDArray[np.float32] = resample(Audio.mono(output, card.decoded_rate), card.sample_rate).samples[0]
    return resampled


def _round_trip(
    codec: Codec, card: CodecCard, point: OperatingPoint, samples: NDArray[np.float32]
) -> NDArray[np.float32]:
    audio = Audio(np.tile(samples, (card.channels, 1)), card.sample_rate)
    return codec.decode(codec.encode(audio, point), point).samples


def _in_frames(seconds: float, card: CodecCard, frame: int) -> int:
    """Samples of the whole frames that `seconds` need."""
    return -(-round(seconds * card.sample_rate) // frame) * frame
