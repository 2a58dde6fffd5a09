"""Everything a run records about cost of one codec at one operating point, in the process that holds the codec."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass, field, fields
from typing import Literal, Protocol, runtime_checkable

from codecbench.api import Abstain, Audio, Codec, CodecCard, HasStages, LatencyKind, OperatingPoint
from codecbench.cost.blocks import WorksElsewhere
from codecbench.cost.figures import figures_at
from codecbench.cost.rtf import Repeat, Rtf, cpu_time, summarize_rtf
from codecbench.store.rows import UTTERANCE


@runtime_checkable
class CountsParameters(Protocol):
    """A codec that says how many parameters it has, or that it does not (None), without stages to count."""

    def parameters(self) -> int | None: ...


Excerpt = Callable[[float], Audio]
"""Seconds of speech at the codec's rate and channel count."""

QUICK_SECONDS = 3.0
FULL_SECONDS = (10.0, 1.0)
FULL_POSITIONS = 14
"""Places within a frame besides its ends at which `full` measures a latency that the card does not give."""


@dataclass
class CostFigures:
    """Figures by name (None where unknown) and, for each None, the reason.

    Names: those of the card (parameters, encoder_macs_per_s, quantizer_macs_per_s, decoder_macs_per_s, latency_ms,
    buffering_ms), rtf_encode and rtf_decode (medians), each with _low, _high and _cpu, rtf_threads, rtf_repeats,
    rtf_kernel_moved, rtf_seconds, in `full` all of rtf once more with _1s.
    """

    figures: dict[str, float | str | None] = field(default_factory=dict)
    reasons: dict[str, str] = field(default_factory=dict)
    latency_kind: LatencyKind | None = None
    """Of `latency_ms` and `buffering_ms`; None where they are not known, or the card does not say."""

    def put(self, name: str, value: float | str | None, reason: str = "") -> None:
        """Record one figure; without a value its reason."""
        self.figures[name] = value
        self.reasons.pop(name, None)
        if value is None:
            self.reasons[name] = reason


def excerpt_seconds(mode: Literal["quick", "full"]) -> float:
    """How much speech speed and memory are measured on."""
    return timed_seconds(mode)[0]


def timed_seconds(mode: Literal["quick", "full"]) -> tuple[float, ...]:
    """Lengths of speech that speed is measured on; the first is that of the figures without a suffix."""
    return FULL_SECONDS if mode == "full" else (QUICK_SECONDS,)


def stated_cost(card: CodecCard, point: OperatingPoint) -> CostFigures:
    """What the card has."""
    cost = CostFigures(latency_kind=card.latency_kind_at(point))
    for name, value in figures_at(card, point).items():
        cost.put(name, value, "not on the codec's card")
    return cost


def measure_cost(codec: Codec, card: CodecCard, point: OperatingPoint, excerpt: Excerpt) -> CostFigures:
    """What the card has, and what it lacks measured. An error of the codec itself is raised."""
    cost = stated_cost(card, point)
    _fill_stages(cost, codec, point, excerpt)
    _fill_latency(cost, codec, card, point)
    return cost


def put_rtf(cost: CostFigures, repeats: Sequence[Repeat], seconds: float, suffix: str = "") -> None:
    """The real-time factors of `repeats` on `seconds` of audio; on a busy machine CPU times alone, and why."""
    values: dict[str, float | None] = {each.name: None for each in fields(Rtf)}
    reason = ""
    try:
        values |= asdict(summarize_rtf(repeats))
    except Abstain as error:
        reason = f"{error}; CPU time alone was kept"
        spent = cpu_time(repeats)
        values |= {"encode_cpu": spent.encode, "decode_cpu": spent.decode}
    for name, value in values.items():
        cost.put(f"rtf_{name}{suffix}", value, reason)
    cost.put(f"rtf_seconds{suffix}", seconds)


def _fill_stages(cost: CostFigures, codec: Codec, point: OperatingPoint, excerpt: Excerpt) -> None:
    """Parameters and MACs where the card has none of them."""
    names = CodecCard.MEASURED[:4]
    if any(cost.figures[name] is not None for name in names):
        return
    if not isinstance(codec, HasStages):
        why = "the codec has no `parameters` and `stages` to count"
        if isinstance(codec, WorksElsewhere):
            why = "its code runs in an environment of its own, where MACs are not counted"
        for name in names:
            cost.put(name, None, why)
        if isinstance(codec, CountsParameters):
            cost.put(names[0], codec.parameters(), "the codec's side has no `parameters`")
        return
    from codecbench.cost.stages import MACS_SECONDS, measure_stages

    costs = measure_stages(codec, excerpt(MACS_SECONDS), point)
    cost.put("parameters", costs.parameters)
    for stage in ("encoder", "quantizer", "decoder"):
        cost.put(f"{stage}_macs_per_s", costs.macs_per_s.get(stage), f"the codec has no stage '{stage}'")
    if costs.unknown or costs.not_counted:
        cost.put("macs_not_counted", ", ".join((*costs.unknown, *costs.not_counted)))


def _fill_latency(cost: CostFigures, codec: Codec, card: CodecCard, point: OperatingPoint) -> None:
    if cost.figures["latency_ms"] is not None:
        return
    from codecbench.cost.latency import boundary_positions, measure_latency, no_less_than_declared

    if card.whole_utterance:
        cost.put("latency_ms", UTTERANCE)
        cost.put("buffering_ms", UTTERANCE)
        cost.latency_kind = "structural"
        return
    positions = boundary_positions(card.frame_at(point), FULL_POSITIONS)
    try:
        measured = measure_latency(codec, card, point, positions=positions)
    except Abstain as error:
        cost.put("latency_ms", None, str(error))
        cost.put("buffering_ms", None, str(error))
        return
    latency = no_less_than_declared(measured, card, point)
    cost.latency_kind = latency.kind
    cost.put("latency_ms", UTTERANCE if latency.total_ms is None else latency.total_ms)
    cost.put("buffering_ms", UTTERANCE if latency.buffering_ms is None else latency.buffering_ms)
