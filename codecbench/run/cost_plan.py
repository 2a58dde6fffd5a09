"""Which figures of cost a run lacks: by codec, operating point and kind, each under the key that it is kept by."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Literal

from codecbench.api import OperatingPoint
from codecbench.cost.figures import figures_at
from codecbench.cost.rtf import STEADY, Repeat, undisturbed
from codecbench.machine import machine_id
from codecbench.run import keys
from codecbench.run.planned import PlannedCodec
from codecbench.run.state import RunState
from codecbench.store.answers import Failure
from codecbench.store.costs import StoredCost
from codecbench.store.ids import Place
from codecbench.store.rows import CostKind

Mode = Literal["quick", "full"]
KINDS: Mapping[Mode, tuple[CostKind, ...]] = {
    "quick": ("memory", "speed"), "full": ("memory", "speed", "complexity", "latency"),
}  # fmt: skip
LATENCY = ("latency_ms", "buffering_ms")


@dataclass
class PendingCost:
    """A codec at a point, the kinds of figures of this machine that it lacks with their keys, and what comes in."""

    codec: PlannedCodec
    point: OperatingPoint
    keys: Mapping[CostKind, str]
    repeats: dict[float, list[Repeat]] = field(default_factory=dict)
    """By seconds of speech."""
    failure: Failure | None = None
    """Of its timing."""

    @property
    def place(self) -> Place:
        return Place(*self.codec.codec_id, self.point.label)

    @property
    def settled(self) -> bool:
        """Whether another visit would tell nothing new."""
        return all(len(undisturbed(repeats)) >= STEADY for repeats in self.repeats.values())


def pending_costs(state: RunState) -> Sequence[PendingCost]:
    """What `measure_costs` would measure."""
    request = state.plan.request
    if not request.measures_cost:
        return ()
    mode = mode_of(state)
    found = []
    for codec in state.plan.codecs:
        for point in points_of(codec, mode):
            stored = state.store.costs(Place(*codec.codec_id, point.label))
            lacking = {
                kind: cost_key(codec, point, kind, mode)
                for kind in KINDS[mode]
                if not _known(stored, codec, point, kind, mode, again=request.measure_again)
            }
            if lacking:
                found.append(PendingCost(codec, point, lacking))
    return found


def mode_of(state: RunState) -> Mode:
    return "full" if state.plan.request.cost == "full" else "quick"


def points_of(codec: PlannedCodec, mode: Mode) -> tuple[OperatingPoint, ...]:
    """All in `full`, else the lowest and the highest bitrate."""
    return codec.points if mode == "full" or len(codec.points) < 3 else (codec.points[0], codec.points[-1])


def cost_key(codec: PlannedCodec, point: OperatingPoint, kind: CostKind, mode: Mode) -> str:
    return keys.cost_key(codec.identity, kind, _stated(codec, point, kind), point, mode, machine_id())


def drop_unlike_the_cards(state: RunState) -> None:
    """Of a card that states something else now, what was measured beside its older figures is not shown any more."""
    kinds: tuple[CostKind, ...] = ("complexity", "latency")
    for codec in state.plan.codecs:
        for point in codec.points:
            place = Place(*codec.codec_id, point.label)
            stored = state.store.costs(place)
            for kind in kinds:
                now = cost_key(codec, point, kind, "full")
                if any(one.kind == kind and one.key != now for one in stored):
                    state.store.drop_cost(place, kind)


def _known(
    stored: Sequence[StoredCost], codec: PlannedCodec, point: OperatingPoint, kind: CostKind, mode: Mode, *, again: bool
) -> bool:
    """What `full` has measured answers for `quick` too: its figures are more, and on more speech.

    CPU times of a busy machine stand too, unless speed is to be measured `again`.
    """
    wanted = {cost_key(codec, point, kind, mode), cost_key(codec, point, kind, "full")}
    statuses = {one.status for one in stored if one.kind == kind and one.key in wanted}
    return "ok" in statuses or ("abstained" in statuses and not (again and kind == "speed"))


def of_kind(figures: Iterable[str], kind: CostKind) -> list[str]:
    """Of the names of what a card may state, which is complexity and latency, those of this kind."""
    return [name for name in figures if (name in LATENCY) == (kind == "latency")]


def _stated(codec: PlannedCodec, point: OperatingPoint, kind: CostKind) -> Mapping[str, float | str | None]:
    """The card's own figures of this kind."""
    if kind not in ("complexity", "latency"):
        return {}
    figures = figures_at(codec.card, point)
    stated: dict[str, float | str | None] = {name: figures[name] for name in of_kind(figures, kind)}
    if kind == "latency":
        stated |= {"latency_kind": codec.card.latency_kind_at(point), "delay": codec.card.delay}
    return stated
