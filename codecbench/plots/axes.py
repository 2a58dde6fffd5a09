"""What stands on the x axis: the measured bitrate, or a cost; and why a point has no place on it."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Literal

from codecbench.analysis.summary import Row
from codecbench.store.rows import UTTERANCE

CostAxis = Literal["macs", "rtf", "latency", "parameters"]
COSTS: Mapping[CostAxis, tuple[str, str]] = {
    "macs": ("macs_per_s", "MAC per second of audio"),
    "rtf": ("rtf", "RTF, encoding and decoding"),
    "latency": ("latency_ms", "latency (ms)"),
    "parameters": ("parameters", "parameters"),
}
"""The published name of each and the title of its axis."""


@dataclass(frozen=True)
class Axis:
    """`place` is None, or not positive, where a row has no place on the axis; `why` is the reason then."""

    title: str
    place: Callable[[Row], float | None]
    why: Callable[[Row], str]
    what: str = ""


BITRATE = Axis(
    "bitrate (kbps)",
    lambda row: row.rate.measured_kbps,
    lambda row: row.rate.measured_reason or "no measured bitrate",
)


def cost_axis(cost: CostAxis) -> Axis:
    return Axis(COSTS[cost][1], lambda row: _cost(row, cost), lambda row: _reason(row, cost), f" and {cost}")


def _cost(row: Row, cost: CostAxis) -> float | None:
    if cost == "macs":
        return row.cost.macs_per_s
    return row.cost.rtf if cost == "rtf" else row.cost.number(COSTS[cost][0])


def _reason(row: Row, cost: CostAxis) -> str:
    names = {"macs": ("encoder_macs_per_s", "decoder_macs_per_s"), "rtf": ("rtf_encode", "rtf_decode")}
    wanted = names.get(cost, (COSTS[cost][0],))
    if row.cost.figures.get(wanted[0]) == UTTERANCE:
        return "needs the whole utterance"
    return next((row.cost.reasons[name] for name in wanted if name in row.cost.reasons), "0 has no place on a log axis")
