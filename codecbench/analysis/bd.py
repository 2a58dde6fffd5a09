"""Bjøntegaard deltas between two rate-quality curves: bits at like quality, and quality at like bitrate.

G. Bjøntegaard, VCEG-M33, 2001; piecewise cubic (PCHIP) in place of one polynomial: JCTVC-L1100 and ITU-T HSTP-VID-WPOM,
2020. Rates are log10 of the measured kbps. BD-rate integrates log rate over the qualities that both curves reach,
BD-quality integrates quality over the rates that both have.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Literal

import numpy as np

from codecbench.analysis.pchip import Floats, evaluate_pchip, integrate_pchip

FEWEST_POINTS = 4
OVERLAP = 0.5
"""Of the shorter curve's range, at least: less is no basis for a statement on either curve."""


@dataclass(frozen=True)
class QualityCurve:
    """Points of one codec: measured `kbps` and `quality` at each, in any order."""

    kbps: Sequence[float]
    quality: Sequence[float]
    higher_is_better: bool = True


CurveRole = Literal["anchor", "test"]
WHO: Mapping[CurveRole, str] = {"anchor": "the anchor", "test": "this codec"}


BDRefusalKind = Literal["curve", "overlap", "far", "interval", "range"]
"""A curve that allows no figure; too little in common; like quality only at far other rates; no interval; a quality
that the anchor does not have at any of its rates."""
FARTHEST = 8.0
"""Times the rate, or a part of it: three octaves away no codec's bits are compared, whatever its quality (PCM reaches
everyone's, at twenty times the rate)."""


@dataclass(frozen=True)
class BDRefusal:
    """Why there is no figure. `curve` says whose curve does not allow one; None where it is the two together."""

    why: str
    curve: CurveRole | None = None
    kind: BDRefusalKind = "curve"

    def __str__(self) -> str:
        return self.why if self.curve is None else f"{WHO[self.curve]} {self.why}"

    @property
    def turned(self) -> BDRefusal:
        """The same where anchor and test change places."""
        if self.curve is None:
            return self
        return replace(self, curve="test" if self.curve == "anchor" else "anchor")


@dataclass(frozen=True)
class Delta:
    """Test against anchor, or why there is no figure."""

    value: float | None
    refusal: BDRefusal | None = None


@dataclass(frozen=True)
class Resampled:
    """Many curves of one codec: log10 kbps and quality [curves, points], by rising rate; quality rises if better."""

    log_kbps: Floats
    quality: Floats

    @classmethod
    def of(cls, curve: QualityCurve) -> Resampled:
        order = np.argsort(np.asarray(curve.kbps, dtype=np.float64), kind="stable")
        rates = np.asarray(curve.kbps, dtype=np.float64)[order]
        quality = np.asarray(curve.quality, dtype=np.float64)[order]
        return cls(np.log10(rates)[None, :], (quality if curve.higher_is_better else -quality)[None, :])


def bd_rate(anchor: QualityCurve, test: QualityCurve) -> Delta:
    """Rate that `test` needs for the quality of `anchor`, as a fraction of it: -0.2 is 20 % fewer bits.

    >>> f"{bd_rate(QualityCurve([1, 2, 4, 8], [1, 2, 3, 4]), QualityCurve([2, 4, 8, 16], [1, 2, 3, 4])).value:+.0%}"
    '+100%'
    """
    refusal = refuse_curve(anchor, "anchor") or refuse_curve(test, "test")
    if refusal:
        return Delta(None, refusal)
    a, t = Resampled.of(anchor), Resampled.of(test)
    refusal = _refuse_overlap(a.quality, t.quality, "quality")
    if refusal:
        return Delta(None, refusal)
    change = float(log_rate_deltas(a, t)[0])
    times = 10 ** abs(change)
    if times > FARTHEST:
        why = f"the two are of like quality only at rates {times:.0f} times apart, at most {FARTHEST:g} are compared"
        return Delta(None, BDRefusal(why, kind="far"))
    return Delta(as_change(change))


def bd_quality(anchor: QualityCurve, test: QualityCurve) -> Delta:
    """Mean quality of `test` minus that of `anchor` at like rate, in the metric's unit and direction."""
    refusal = refuse_curve(anchor, "anchor") or refuse_curve(test, "test")
    if refusal:
        return Delta(None, refusal)
    a, t = Resampled.of(anchor), Resampled.of(test)
    refusal = _refuse_overlap(a.log_kbps, t.log_kbps, "rate")
    if refusal:
        return Delta(None, refusal)
    return Delta((1 if anchor.higher_is_better else -1) * float(quality_deltas(a, t)[0]))


def as_change(log_rate: float) -> float:
    """A difference of log10 rates as a change of rate, relative to the anchor's."""
    return float(10.0**log_rate - 1.0)


def refuse_curve(curve: QualityCurve, role: CurveRole) -> BDRefusal | None:
    """Why no delta can be taken of this curve, or None."""
    if len(curve.kbps) != len(curve.quality):
        raise ValueError(f"{len(curve.kbps)} rates but {len(curve.quality)} qualities")
    if len(curve.kbps) < FEWEST_POINTS:
        count = len(curve.kbps)
        return BDRefusal(f"has {count} point{'' if count == 1 else 's'}, at least {FEWEST_POINTS} are needed", role)
    if not (np.isfinite(curve.kbps).all() and np.isfinite(curve.quality).all() and min(curve.kbps) > 0):
        return BDRefusal("has a rate or a quality that is not a finite number", role)
    found_curve = Resampled.of(curve)
    if not monotonic(found_curve)[0]:
        rates = 10 ** found_curve.log_kbps[0]
        at = int(np.argmax((np.diff(found_curve.quality[0]) <= 0) | (np.diff(rates) <= 0)))
        return BDRefusal(f"does not get better from {rates[at]:.3g} to {rates[at + 1]:.3g} kbps: not monotonic", role)
    return None


def monotonic(curves: Resampled) -> np.ndarray:
    """[curves] of bool: both rate and quality rise from point to point."""
    rises = (np.diff(curves.log_kbps, axis=1) > 0) & (np.diff(curves.quality, axis=1) > 0)
    return np.asarray(rises.all(axis=1))


def log_rate_deltas(anchor: Resampled, test: Resampled) -> Floats:
    """log10 of the ratio of rates at like quality [curves]; NaN where the two do not overlap."""
    return _mean_gap(anchor.quality, anchor.log_kbps, test.quality, test.log_kbps)


def quality_deltas(anchor: Resampled, test: Resampled) -> Floats:
    """Difference of quality at like rate [curves], positive if better; NaN where the two do not overlap."""
    return _mean_gap(anchor.log_kbps, anchor.quality, test.log_kbps, test.quality)


def equivalent_log_rates(anchor: Resampled, test: Resampled) -> Floats:
    """log10 of the kbps at which the anchor has the quality of `test`'s only point [curves]; NaN where it never has."""
    return evaluate_pchip(anchor.quality, anchor.log_kbps, test.quality[:, 0])


def _mean_gap(xa: Floats, ya: Floats, xt: Floats, yt: Floats) -> Floats:
    low, high = np.maximum(xa[:, 0], xt[:, 0]), np.minimum(xa[:, -1], xt[:, -1])
    overlaps = high > low
    width = np.where(overlaps, high - low, 1.0)
    gap = (integrate_pchip(xt, yt, low, high) - integrate_pchip(xa, ya, low, high)) / width
    return np.where(overlaps, gap, np.nan)


def _refuse_overlap(a: Floats, t: Floats, what: str) -> BDRefusal | None:
    shared = min(a[0, -1], t[0, -1]) - max(a[0, 0], t[0, 0])
    shorter = min(a[0, -1] - a[0, 0], t[0, -1] - t[0, 0])
    # A share that is one half but for rounding is one half.
    if shared >= OVERLAP * shorter * (1 - 1e-12):
        return None
    share = max(0.0, 100 * shared / shorter)
    needed = f"at least {100 * OVERLAP:.0f} % are needed"
    return BDRefusal(f"the ranges of {what} overlap by {share:.0f} % of the shorter, {needed}", kind="overlap")
