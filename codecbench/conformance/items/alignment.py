"""Whether the output lies where the input was: delay, drift, level."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from codecbench.alignment import LEAST_S
from codecbench.api import Abstain, Audio
from codecbench.audio import resample
from codecbench.conformance.bench import Bench
from codecbench.conformance.result import CheckResult, failed, passed, skipped, warned
from codecbench.cost.delay import Delay, codec_delay, envelope
from codecbench.run.workers.codecs import MARGIN_S

SECONDS, BUDGET_S, LEAST_SECONDS = 10.0, 8.0, 4.0
PART_S = 2.0
"""At either end, where the delay is looked for."""
REACH_S = 0.3
DRIFT_S = 0.006
"""Between the ends, by the waveform and by the envelope: a vocoder's waveform fits as well a pitch period later."""
UNSEEN_S = 0.0002
"""Three samples at 16 kHz: less is the filters' doing."""
LEVEL_DB, SCALE_DB = 6.0, 20.0


def aligned(bench: Bench) -> Iterator[CheckResult]:
    """By the highest rate, where the waveform is kept best."""
    seconds = bench.affordable(SECONDS, BUDGET_S, LEAST_SECONDS)
    audio = bench.excerpt(seconds)
    _, decoded = bench.through(audio, bench.high)
    if decoded.audio is None:
        yield failed("delay", decoded.error, "see the items before")
        return
    output = resample(decoded.audio, audio.sample_rate)
    drift = _drift(audio, output)
    if drift.outcome == "fail":
        yield skipped("delay", "it is another one at the end than at the beginning")
    else:
        yield from _delay(bench, audio, output)
    yield drift
    yield from _level(audio, output)


def _delay(bench: Bench, audio: Audio, decoded: Audio) -> Iterator[CheckResult]:
    try:
        delay = _found(audio, decoded, 0.0, audio.seconds)
    except Abstain:
        yield skipped("delay", "neither waveforms nor envelopes of input and output correlate: it cannot be told")
        return
    rate, card = audio.sample_rate, bench.card
    ms = 1000 * delay.samples / rate
    bound = (card.frame_at(bench.high) + card.lookahead_at(bench.high)) / rate + MARGIN_S
    if abs(delay.samples) / rate > bound:
        yield failed(
            "delay", f"the output trails the input by {ms:.1f} ms, a run looks for {1000 * bound:.1f} ms at most",
            "declare frame and lookahead on the card, or cut the delay in the decoder",
        )  # fmt: skip
    elif delay.method == "waveform" and UNSEEN_S < abs(delay.samples) / rate < LEAST_S:
        yield warned(
            "delay", f"the output trails the input by {delay.samples} samples ({ms:.2f} ms)",
            "under 1 ms nothing is taken out, and SI-SDR falls: cut it in the decoder",
        )  # fmt: skip
    else:
        yield passed("delay", f"{ms:.2f} ms, by the {delay.method}")


def _drift(audio: Audio, decoded: Audio) -> CheckResult:
    try:
        moved = min((_moved(audio, decoded), _moved(*map(_enveloped, (audio, decoded)))), key=abs)
    except Abstain:
        return skipped("drift", "the delay at the ends cannot be told")
    between = audio.seconds - PART_S
    if abs(moved) > DRIFT_S:
        seen = f"the end is {1000 * moved:+.1f} ms later than the beginning, {100 * moved / between:+.2f} % in time"
        return failed(
            "drift", seen, "the output is stretched: do resampling and hops come to the card's rate exactly?",
        )  # fmt: skip
    return passed("drift", f"{1000 * moved:+.1f} ms over {between:.0f} s")


def _moved(audio: Audio, decoded: Audio) -> float:
    """Seconds by which the delay grows from the beginning to the end. Raises Abstain where one is not clear."""
    first, last = (_found(audio, decoded, start, PART_S).samples for start in (0.0, audio.seconds - PART_S))
    return (last - first) / audio.sample_rate


def _enveloped(audio: Audio) -> Audio:
    return Audio.mono(envelope(audio.samples[0], audio.sample_rate), audio.sample_rate)


def _level(audio: Audio, decoded: Audio) -> Iterator[CheckResult]:
    db = 20 * np.log10(max(_rms(decoded), 1e-9) / max(_rms(audio), 1e-9))
    if abs(db) > SCALE_DB:
        yield failed("level", f"the output is {db:+.0f} dB against the input", "samples are in [-1, 1] on both sides")
    elif abs(db) > LEVEL_DB:
        yield warned("level", f"the output is {db:+.1f} dB against the input", "PESQ and listeners hear that")
    else:
        yield passed("level", f"{db:+.1f} dB")


def _rms(audio: Audio) -> float:
    return float(np.sqrt(np.mean(np.square(audio.samples, dtype=np.float64))))


def _found(audio: Audio, decoded: Audio, start: float, seconds: float) -> Delay:
    """Raises Abstain where there is no clear delay."""
    rate = audio.sample_rate
    part = slice(round(start * rate), round((start + seconds) * rate))
    return codec_delay([audio.samples[0, part]], [decoded.samples[0, part]], round(REACH_S * rate), rate)
