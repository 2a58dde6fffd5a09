"""Equivalent bitrate: what an anchor needs for the quality that a codec has at one operating point.

Bjøntegaard's deltas want four points of both codecs; most published checkpoints have one to three. For this the anchor
alone needs a curve: its bitrate is read off where it has the point's quality, by the same interpolation over log10
kbps. The interval is made by the same resampling of speakers, which moves the anchor's curve and the point together.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace

import numpy as np

from codecbench.analysis.bd import BDRefusal, Resampled, equivalent_log_rates, monotonic
from codecbench.analysis.bd_interval import delta_interval
from codecbench.analysis.bd_pairs import BDFigure, cluster_sums, utterances_of_all
from codecbench.analysis.bootstrap import INDICATIVE_BELOW
from codecbench.analysis.cells import Cells
from codecbench.store.ids import CodecId, Place, by_codec

FEWEST_POINTS = 2
"""Of the anchor: between two points its curve is a line."""


def equivalent_bitrate(
    cells: Cells, anchor: Sequence[Place], test: Place, metric: str, higher_is_better: bool
) -> BDFigure:
    """The measured kbps that the anchor, at its points `anchor`, needs for what `test` has; or why there is none.

    Where it is less than the anchor's lowest rate or more than its highest, that one alone is `high` or `low`.
    """
    places = [place for place in anchor if cells.values(place, metric) and cells.sizes.get(place)]
    if len(places) < FEWEST_POINTS or not cells.values(test, metric) or not cells.sizes.get(test):
        return BDFigure(None, refusal=BDRefusal(f"fewer than {FEWEST_POINTS} points of the anchor, or no score"))
    shared = utterances_of_all(cells, (*places, test), metric)
    if not shared:
        return BDFigure(None, refusal=BDRefusal("no utterance has a score at every point of both", kind="overlap"))
    names = sorted({cells.clusters[utterance] for utterance in shared})
    sums = [cluster_sums(cells, each, metric, shared, names) for each in (places, [test])]
    sign = 1 if higher_is_better else -1
    curve, point = (one.curves(np.ones((1, len(names))), sign) for one in sums)
    speakers = len({cells.speakers[utterance] for utterance in shared})
    about = BDFigure(None, utterances=len(shared), speakers=speakers, clusters=len(names))
    if not monotonic(curve)[0]:
        return replace(about, refusal=BDRefusal("does not get better with every step of its bitrate", "anchor"))
    if (beyond := _beyond(about, curve, point)) is not None:
        return beyond
    value = 10 ** float(equivalent_log_rates(curve, point)[0])
    ends = delta_interval(sums, "equivalent", sign, len(names))
    if isinstance(ends, str):
        return replace(about, value=value, refusal=BDRefusal(ends, kind="interval"))
    low, high = (10**end for end in ends)
    return replace(about, value=value, low=low, high=high, indicative=len(names) < INDICATIVE_BELOW)


def best_anchor(cells: Cells, places: Sequence[Place], metric: str, higher_is_better: bool) -> CodecId | None:
    """The codec that has the quality of most operating points of others at one of its own rates; the first of several.

    None where no codec has a curve.
    """
    curves = by_codec(place for place in places if cells.values(place, metric) and cells.sizes.get(place))
    means = {place: _mean(cells, place, metric) for mine in curves.values() for place in mine}

    def reached(codec: CodecId) -> int:
        mine = [means[place] for place in curves[codec]]
        if len(mine) < FEWEST_POINTS or not _rises(cells, curves[codec], means, higher_is_better):
            return -1
        return sum(min(mine) <= means[place] <= max(mine) for place in means if place.codec_id != codec)

    best = max(curves, key=reached, default=None)
    return best if best is not None and reached(best) > 0 else None


def _rises(cells: Cells, places: Sequence[Place], means: Mapping[Place, float], higher: bool) -> bool:
    by_rate = sorted(places, key=lambda place: _kbps(cells, place))
    steps = np.diff([means[place] for place in by_rate])
    return bool((steps > 0).all() if higher else (steps < 0).all())


def _mean(cells: Cells, place: Place, metric: str) -> float:
    values = cells.values(place, metric).values()
    return sum(value.numerator for value in values) / sum(value.denominator for value in values)


def _kbps(cells: Cells, place: Place) -> float:
    sizes = cells.sizes[place].values()
    return sum(size.bits for size in sizes) / sum(size.seconds for size in sizes) / 1000


def _beyond(about: BDFigure, curve: Resampled, point: Resampled) -> BDFigure | None:
    """Where the anchor has the point's quality at none of its rates."""
    quality, rates = curve.quality[0], 10 ** curve.log_kbps[0]
    if point.quality[0, 0] < quality[0]:
        better = BDRefusal("is better already at its lowest rate", "anchor", "range")
        return replace(about, high=float(rates[0]), refusal=better)
    if point.quality[0, 0] > quality[-1]:
        worse = BDRefusal("does not reach it at its highest rate", "anchor", "range")
        return replace(about, low=float(rates[-1]), refusal=worse)
    return None
