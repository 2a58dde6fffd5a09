"""What was found of each way, over all utterances: the worst, where anything is off."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from statistics import fmean, median
from typing import Literal, TypeAlias

import numpy as np

from codecbench.parity.ways import HELD, Pace
from codecbench.parity.worker import Found

Verdict: TypeAlias = Literal["equal", "differs", "failed", "absent"]


@dataclass(frozen=True)
class WaySummary:
    """`surplus` and `greatest` are the largest of any utterance, `drift_ppm` and `seam_jump` medians, `flipped` a mean;
    None where there is none. `held`: the codec has to give the same. `reason` says why it failed or is absent.
    """

    way: str
    verdict: Verdict
    held: bool
    utterances: int
    surplus: int | None = None
    greatest: float | None = None
    drift_ppm: float | None = None
    seam_jump: float | None = None
    flipped: float | None = None
    reason: str = ""


@dataclass(frozen=True)
class PaceSummary:
    """A stream of one frame after the other, over all utterances. Times in ms."""

    frames_to_first: int
    ms_to_first: float
    ms_median: float
    ms_99: float
    ms_longest: float


def summarize_ways(found: Sequence[Found], tolerance: float) -> tuple[WaySummary, ...]:
    """In the order in which they were tried. `tolerance`: the greatest difference that is none."""
    names = dict.fromkeys(one.way for one in found)
    return tuple(_summary(name, [one for one in found if one.way == name], tolerance) for name in names)


def summarize_pace(paces: Sequence[Pace]) -> PaceSummary | None:
    if not paces:
        return None
    each = np.array([seconds for pace in paces for seconds in pace.seconds]) * 1000
    return PaceSummary(
        max(pace.frames_to_first for pace in paces), 1000 * max(pace.seconds_to_first for pace in paces),
        float(np.median(each)), float(np.percentile(each, 99)), float(each.max()),
    )  # fmt: skip


def _summary(name: str, found: Sequence[Found], tolerance: float) -> WaySummary:
    held = name.startswith(HELD)
    reasons = dict.fromkeys(one.failed for one in found if one.failed)
    if reasons:
        return WaySummary(name, "failed", held, len(found), reason="; ".join(reasons))
    flips = [one.flipped for one in found if one.flipped is not None]
    if flips:
        return WaySummary(name, "differs" if any(flips) else "equal", held, len(found), flipped=fmean(flips))
    differences = [one.difference for one in found if one.difference is not None]
    if not differences:
        return WaySummary(name, "absent", held, len(found), reason=next(one.absent for one in found))
    surplus = max((one.surplus for one in differences), key=abs)
    greatest = max(one.greatest for one in differences)
    verdict: Verdict = "differs" if surplus or greatest > tolerance else "equal"
    return WaySummary(
        name, verdict, held, len(found), surplus, greatest, _median(one.drift_ppm for one in differences),
        _median(one.seam_jump for one in differences),
    )  # fmt: skip


def _median(values: Iterable[float | None]) -> float | None:
    known = [value for value in values if value is not None]
    return median(known) if known else None
