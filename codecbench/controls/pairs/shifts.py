"""What the controls and the calibration look at: margins before and after a known change."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from codecbench.api import Audio
from codecbench.degradations import Change
from codecbench.metrics.pairs.margin import Margins
from codecbench.metrics.pairs.metric import is_flip
from codecbench.metrics.pairs.reading import Reading

DRAWS = 2000
SEED = 5


@dataclass(frozen=True)
class MeasuredReading:
    """One reading by one voice: its margins in nats, of the undegraded clip and by condition."""

    reading: Reading
    voice: str
    clean: float
    degraded: Mapping[str, float]


@dataclass(frozen=True)
class Shifted:
    """A clip and what stands for its decoded, by their margins."""

    pair: str
    original: float
    decoded: float

    @property
    def shift(self) -> float:
        return self.decoded - self.original

    def flipped(self, shift_nats: float) -> bool:
        return is_flip(self.original, self.decoded, shift_nats)


@dataclass(frozen=True)
class Interval:
    """A figure and its 95 % interval, percentiles over draws of pairs."""

    value: float
    low: float
    high: float


def measure(
    margins: Margins, audio: Audio, reading: Reading, voice: str, conditions: Mapping[str, Change]
) -> MeasuredReading:
    """The margins of one clip, mono at 16 kHz, under all `conditions`."""
    degraded = {name: margins.of(change(audio), reading) for name, change in conditions.items()}
    return MeasuredReading(reading, voice, margins.of(audio, reading), degraded)


def blurs(clips: Iterable[MeasuredReading], condition: str) -> list[Shifted]:
    """The screened clips against their own degraded copies."""
    return [Shifted(clip.reading.pair, clip.clean, clip.degraded[condition]) for clip in screened(clips)]


def planted(clips: Sequence[MeasuredReading], condition: str | None = None) -> list[Shifted]:
    """The screened clips against the other reading by the same voice, clean or itself degraded.

    The margin is antisymmetric in its two texts: what the other clip's own word gains, this clip's word loses.
    """
    others = {(clip.voice, clip.reading.said): clip for clip in clips}
    rows = []
    for clip in screened(clips):
        other = others.get((clip.voice, clip.reading.rival))
        if other is not None:
            decoded = -(other.clean if condition is None else other.degraded[condition])
            rows.append(Shifted(clip.reading.pair, clip.clean, decoded))
    return rows


def screened(clips: Iterable[MeasuredReading]) -> list[MeasuredReading]:
    return [clip for clip in clips if clip.clean > 0]


def threshold(blurred: Sequence[Shifted], false_flip_rate: float) -> float:
    """The least shift in nats, to two digits, at which at most this share of `blurred` passes for flips."""
    against = sorted((-item.shift for item in blurred if item.decoded < 0), reverse=True)
    allowed = int(false_flip_rate * len(blurred))
    if len(against) <= allowed:
        return 0.0
    return float(np.floor(against[allowed] * 100 + 1) / 100)


def separation(flipping: Sequence[Shifted], blurred: Sequence[Shifted]) -> Interval:
    """Area under the ROC curve of the shift, planted words against blurs."""
    pairs = sorted({item.pair for item in [*flipping, *blurred]})
    wins = _wins([item.shift for item in flipping], [item.shift for item in blurred])  # [planted, blurs]
    index = {pair: number for number, pair in enumerate(pairs)}
    rows, columns = ([index[item.pair] for item in items] for items in (flipping, blurred))
    weights = _draws(len(pairs))  # [draws, pairs]
    areas = [
        float(row_weights @ wins @ column_weights / (row_weights.sum() * column_weights.sum()))
        for row_weights, column_weights in zip(weights[:, rows], weights[:, columns], strict=True)
    ]
    return _interval(float(wins.mean()), areas)


def balanced_accuracy(flipping: Sequence[Shifted], honest: Sequence[Shifted], shift_nats: float) -> Interval:
    """The mean of the share of planted words that are called flips and the share of honest clips that are not."""
    pairs = sorted({item.pair for item in [*flipping, *honest]})
    index = {pair: number for number, pair in enumerate(pairs)}
    caught = _by_pair([(index[item.pair], item.flipped(shift_nats)) for item in flipping], len(pairs))
    spared = _by_pair([(index[item.pair], not item.flipped(shift_nats)) for item in honest], len(pairs))
    weights = np.concatenate([np.ones((1, len(pairs))), _draws(len(pairs))])
    shares = [(weights @ table[:, 0]) / (weights @ table[:, 1]) for table in (caught, spared)]
    values = (shares[0] + shares[1]) / 2
    return _interval(float(values[0]), [float(value) for value in values[1:]])


def _wins(flipping: Sequence[float], blurred: Sequence[float]) -> NDArray[np.float64]:
    a, b = np.array(flipping)[:, None], np.array(blurred)[None, :]
    table: NDArray[np.float64] = (a < b) + 0.5 * (a == b)
    return table


def _by_pair(outcomes: Sequence[tuple[int, bool]], pairs: int) -> NDArray[np.float64]:
    table = np.zeros((pairs, 2))  # [pairs, (right, all)]
    for pair, right in outcomes:
        table[pair] += (right, 1)
    return table


def _draws(pairs: int) -> NDArray[np.float64]:
    return np.random.default_rng(SEED).multinomial(pairs, np.full(pairs, 1 / pairs), size=DRAWS).astype(np.float64)


def _interval(value: float, draws: Sequence[float]) -> Interval:
    low, high = np.quantile(draws, [0.025, 0.975])
    return Interval(value, float(low), float(high))
