"""Bjøntegaard deltas between all codecs of a run, with intervals by resampling clusters of speakers.

A pair is compared on the utterances that both have at every point of their curves: scores and bitrates alike.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import combinations

import numpy as np

from codecbench.analysis.bd import BDRefusal, Delta, QualityCurve, as_change, bd_quality, bd_rate
from codecbench.analysis.bd_interval import ClusterSums, Kind, delta_interval
from codecbench.analysis.bootstrap import INDICATIVE_BELOW
from codecbench.analysis.cells import Cells
from codecbench.store.ids import CodecId, Place


@dataclass(frozen=True)
class BDFigure:
    """`value` with its 95 % interval; `refusal` says why there is no value, or no interval.

    `utterances` are those that both codecs have at every point; `clusters` of their speakers are
    independent of each other; `indicative` marks an interval of too few of them.
    """

    value: float | None
    low: float | None = None
    high: float | None = None
    refusal: BDRefusal | None = None
    utterances: int = 0
    speakers: int = 0
    clusters: int = 0
    indicative: bool = False


@dataclass(frozen=True)
class BDPair:
    """Test over anchor: `rate` as a fraction of the anchor's (-0.2: 20 % fewer bits), `quality` in its own unit."""

    rate: BDFigure
    quality: BDFigure


Pairs = Mapping[tuple[CodecId, CodecId], BDPair]
"""By (anchor, test)."""


def compare_curves(cells: Cells, places: Sequence[Place], metric: str, higher_is_better: bool) -> Pairs:
    """Every codec of `places` against every other, in both directions."""
    curves: dict[CodecId, list[Place]] = {}
    for place in places:
        if cells.values(place, metric) and cells.sizes.get(place):
            curves.setdefault(place.codec_id, []).append(place)
    compared: dict[tuple[CodecId, CodecId], BDPair] = {}
    for one, other in combinations(curves, 2):
        pair = _compare(cells, curves[one], curves[other], metric, higher_is_better)
        compared[one, other] = pair
        compared[other, one] = _turned(pair)
    return compared


def _compare(cells: Cells, one: Sequence[Place], other: Sequence[Place], metric: str, higher: bool) -> BDPair:
    shared = utterances_of_all(cells, (*one, *other), metric)
    if not shared:
        nothing = BDFigure(None, refusal=BDRefusal("no utterance has a score at every point of both", kind="overlap"))
        return BDPair(nothing, nothing)
    names = sorted({cells.clusters[utterance] for utterance in shared})
    sums = [cluster_sums(cells, places, metric, shared, names) for places in (one, other)]
    sign = 1 if higher else -1
    everyone = np.ones((1, len(names)))
    plain = [codec_sums.curves(everyone, sign) for codec_sums in sums]
    curves = [QualityCurve(list(10 ** p.log_kbps[0]), list(sign * p.quality[0]), higher) for p in plain]
    speakers = len({cells.speakers[utterance] for utterance in shared})
    about = BDFigure(None, utterances=len(shared), speakers=speakers, clusters=len(names))
    rate = _figure(bd_rate(*curves), about, sums, "rate", sign)
    quality = _figure(bd_quality(*curves), about, sums, "quality", sign)
    return BDPair(rate, quality)


def utterances_of_all(cells: Cells, places: Sequence[Place], metric: str) -> set[str]:
    """Those that have a score and a payload at each of `places`."""
    return set.intersection(*(set(cells.values(place, metric)) & set(cells.sizes[place]) for place in places))


def cluster_sums(
    cells: Cells, places: Sequence[Place], metric: str, shared: set[str], names: Sequence[str]
) -> ClusterSums:
    """Of the `shared` utterances at `places`, by the clusters `names`."""
    row = {name: index for index, name in enumerate(names)}
    table = np.zeros((4, len(names), len(places)))
    for column, place in enumerate(places):
        values, sizes = cells.values(place, metric), cells.sizes[place]
        for utterance in sorted(shared):
            value, size = values[utterance], sizes[utterance]
            at = row[cells.clusters[utterance]]
            table[:, at, column] += (value.numerator, value.denominator, size.bits, size.seconds)
    return ClusterSums(*table)


def _figure(delta: Delta, about: BDFigure, sums: Sequence[ClusterSums], kind: Kind, sign: int) -> BDFigure:
    if delta.value is None:
        return replace(about, refusal=delta.refusal)
    ends = delta_interval(sums, kind, sign, about.clusters)
    if isinstance(ends, str):
        return replace(about, value=delta.value, refusal=BDRefusal(ends, kind="interval"))
    low, high = map(as_change, ends) if kind == "rate" else sorted(sign * end for end in ends)
    few = about.clusters < INDICATIVE_BELOW
    return replace(about, value=delta.value, low=low, high=high, indicative=few)


def _turned(pair: BDPair) -> BDPair:
    """The anchor against the test: log rates and qualities change their signs."""
    rate, quality = pair.rate, pair.quality

    def inverse(change: float | None) -> float | None:
        return None if change is None else 1 / (1 + change) - 1

    def minus(value: float | None) -> float | None:
        return None if value is None else -value

    return BDPair(
        replace(rate, value=inverse(rate.value), low=inverse(rate.high), high=inverse(rate.low),
                refusal=rate.refusal and rate.refusal.turned),
        replace(quality, value=minus(quality.value), low=minus(quality.high), high=minus(quality.low),
                refusal=quality.refusal and quality.refusal.turned),
    )  # fmt: skip
