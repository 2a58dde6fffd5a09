"""Drift: time that runs slower or faster in the decoded signal, in parts per million.

A decoder that drops samples at each seam, or plays at a slightly wrong rate, delays the end of an utterance otherwise
than its beginning. No constant delay aligns it, and every waveform metric takes it for a bad codec. What sounds at time
t of the original is taken to sound at a + (1 + b) t in the decoded signal; the drift is b.

Coarse: the log-mel trajectories of windows of 1 s are found again in the decoded signal, and a line is fitted; good to
some 100 ppm up to 2.5 %. Fine, twice: the decoded signal is resampled by what is known (soxr), and the local delays of
windows of 0.5 s by GCC-PHAT (`codecbench.alignment`) tell what is left. Lines are fitted by Theil and Sen's median of
slopes (Sen, 1968), then by least squares over what is near to it.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import scipy
import soxr
from numpy.typing import NDArray

from codecbench.alignment import estimate_delay
from codecbench.api import Abstain, Audio, MetricCard, Sample, Score
from codecbench.metrics.mel import Spectrum, mel_magnitudes
from codecbench.metrics.pair import RATE, PairMetric, Signal, checked_pair, pair_of

SHORTEST_S = 2.0
LARGEST = 0.025
LONGEST_DELAY_S = 0.5
"""As far as `delay_ms` looks."""
BANDS, WINDOW, STEP = 20, 512, 16
"""Mel trajectories, a value each millisecond."""
COARSE_S, COARSE_HOP_S, LIKE = 1.0, 0.25, 0.6
"""A window of the original is found again where the correlation of its trajectories is at least 0.6."""
FINE_S, FINE_HOP_S, REACH_S = 0.5, 0.125, 0.03
FEWEST, SPAN = 6, 0.5
"""Windows with a clear delay, and the share of the utterance that they must span."""
NEAR = 3.0
"""Median absolute deviations from the line within which a delay counts."""
LEAST_SPREAD_S = 1 / (4 * RATE)

CARD = MetricCard(
    id="drift_ppm",
    title="drift",
    version="1",
    description="Time that runs slower (positive) or faster in the decoded signal before any correction; 0 is right.",
    unit="ppm",
    parameters={"coarse_s": COARSE_S, "fine_s": FINE_S, "like": LIKE, "fewest": FEWEST, "largest": LARGEST},
    digits=0,
    on_request=True,
)


@dataclass(frozen=True)
class DelayLine:
    """Delay in seconds `start + slope × time`, and from how many windows."""

    start: float
    slope: float
    windows: int


class Drift(PairMetric):
    """Abstains under 2 s, and where too few windows of the original are found again (vocoders, noise, silence)."""

    def score(self, sample: Sample) -> Score:
        checked_pair(sample)
        line = delay_line(sample.reference, sample.raw)
        return Score(1e6 * line.slope, detail={"windows": line.windows, "delay_ms": 1000 * line.start})


def delay_line(reference: Audio, decoded: Audio) -> DelayLine:
    """How the delay of `decoded` grows; both mono at 16 kHz, equally long.

    Raises:
        Abstain: they are too short, silent, or too few windows of the original are found again.
    """
    pair = pair_of(reference, decoded)
    pair.require_seconds(SHORTEST_S)
    pair.require_sound()
    line = _fitted(*_coarse_delays(pair.reference, pair.decoded), pair.seconds)
    for _ in range(2):
        left = _fitted(*_fine_delays(pair.reference, pair.decoded, line), pair.seconds)
        slope = (1 + line.slope) * (1 + left.slope) - 1
        line = DelayLine(line.start + (1 + line.slope) * left.start, slope, left.windows)
    return line


def _fitted(times: NDArray[np.float64], delays: NDArray[np.float64], seconds: float) -> DelayLine:
    """Raises Abstain where there are too few `delays`, or all in a part of the utterance."""
    if len(times) < FEWEST or np.ptp(times) < SPAN * seconds:
        raise Abstain(
            f"{len(times)} windows of the original are found again in the decoded signal; a drift needs {FEWEST} that "
            f"span half of it: it keeps too little of the waveform"
        )
    slope, start, *_ = scipy.stats.theilslopes(delays, times)
    off = np.abs(delays - start - slope * times)
    near = off <= NEAR * max(float(np.median(off)), LEAST_SPREAD_S)
    slope, start = np.polyfit(times[near], delays[near], 1)
    return DelayLine(float(start), float(slope), int(near.sum()))


def _coarse_delays(reference: Signal, decoded: Signal) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Times of windows' centres, and their delays; both in seconds."""
    x, y = _trajectories(reference), _trajectories(decoded)
    per_s = RATE // STEP
    size, reach = round(COARSE_S * per_s), round((LONGEST_DELAY_S + LARGEST * len(reference) / RATE) * per_s)
    y = np.pad(y, ((reach, reach), (0, 0)))
    found = []
    for start in range(0, len(x) - size + 1, round(COARSE_HOP_S * per_s)):
        like = _likeness(x[start : start + size], y[start : start + size + 2 * reach])
        best = int(np.argmax(like))
        if like[best] >= LIKE:
            found.append(((start + size / 2) / per_s, (best - reach) / per_s))
    times, delays = np.array(found).reshape(-1, 2).T
    return times, delays


def _trajectories(signal: Signal) -> Spectrum:
    """Log-mel [milliseconds, bands], floored 50 dB below the loudest."""
    mel = mel_magnitudes(signal, BANDS, WINDOW, STEP)
    logarithms: Spectrum = np.log(np.maximum(mel, mel.max() * 10 ** (-50 / 20)))
    logarithms -= logarithms.mean(axis=0)
    return logarithms


def _likeness(window: Spectrum, room: Spectrum) -> NDArray[np.float64]:
    """Correlation of `window` with each stretch of `room` of its length, over all bands together."""
    products = scipy.signal.fftconvolve(room, window[::-1], "valid", axes=0).sum(axis=1)
    energies = np.cumsum(np.concatenate([[0.0], np.square(room).sum(axis=1)]))
    norms = np.sqrt(np.square(window).sum() * np.maximum(energies[len(window) :] - energies[: -len(window)], 1e-9))
    likeness: NDArray[np.float64] = products / np.maximum(norms, 1e-9)
    return likeness


def _fine_delays(
    reference: Signal, decoded: Signal, line: DelayLine
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """What is left of the windows' delays when `line` is taken out of `decoded`."""
    straight = soxr.resample(decoded, RATE, RATE / (1 + line.slope), "VHQ")
    offset = round(line.start / (1 + line.slope) * RATE)
    size, hop = round(FINE_S * RATE), round(FINE_HOP_S * RATE)
    found = []
    for start in range(max(0, -offset), min(len(reference), len(straight) - offset) - size + 1, hop):
        original = Audio.mono(reference[start : start + size], RATE)
        delay = estimate_delay(original, Audio.mono(straight[start + offset : start + offset + size], RATE), REACH_S)
        if delay is not None:
            found.append(((start + size / 2) / RATE, delay + offset / RATE - line.start / (1 + line.slope)))
    times, delays = np.array(found).reshape(-1, 2).T
    return times, delays
