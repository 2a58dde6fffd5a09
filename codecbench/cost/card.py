"""`codecbench dev card CODEC[:CHECKPOINT] ...` measures what a codec's card states and writes `card.json`.

Parameters, MACs (10 s of input, at each operating point; the single figures are of the highest), and the latency, the
longest of those measured at the lowest and the highest point and of what the card's frame and look-ahead reach. Points
of another frame or look-ahead have a latency of their own; the single figures are then of the longest. Where a
codec's weights are not on this machine the same configuration with random weights is measured: none of these figures
depends on their values, but a delay cannot be seen through them and is taken as 0.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass, replace
from math import inf
from typing import Any

from codecbench.api import Abstain, Audio, Codec, CodecCard, CodecOptions, HasStages, OperatingPoint, Unavailable
from codecbench.cost.figures import card_path, read_figures, structural_latency
from codecbench.cost.latency import Latency, measure_latency, no_less_than_declared
from codecbench.cost.signals import speech_like
from codecbench.plugins import module_of, registry
from codecbench.weights import resolve

REFINED = 12
LATER = 24
"""The first pass over a frame is repeated on the next LATER positions with REFINED pairs of signals."""


@dataclass(frozen=True)
class Built:
    """A codec with its card; `trained` is False where random weights stand in for absent ones."""

    codec: Codec
    card: CodecCard
    package: str
    trained: bool


def build(spec: str) -> Built:
    """The codec of `spec`, with random weights where its own are not here."""
    entry = registry().codec(spec)
    trained = entry.card.track != "untrained"
    weights = None
    try:
        weights = resolve(entry.card)
    except Unavailable:
        trained = False
    codec = entry.factory(CodecOptions.of(entry.card, weights))
    if not trained:
        _spread_weights(codec)
    return Built(codec, entry.card, module_of(entry.factory).partition(".")[0], trained)


def measure_card(
    built: Built, positions: Sequence[int] | None = None, signals: int = 3, latency_too: bool = True
) -> dict[str, Any]:
    """The figures of one card, as kept in `card.json`; those that do not exist for this codec are left out."""
    figures: dict[str, Any] = {"weights": "own" if built.trained else "random"}
    if isinstance(built.codec, HasStages):
        figures |= stage_figures(built.codec, built.card)
    if not latency_too:
        return figures
    figures |= latency_figures(built, positions, signals)
    return figures


def stated_latency(card: CodecCard) -> dict[str, Any]:
    """Where latency is not measured; nothing of a codec that needs the whole utterance."""
    return {} if card.whole_utterance else structural_latency(card.sample_rate, card.frame, card.lookahead)


def latency_figures(built: Built, positions: Sequence[int] | None, signals: int) -> dict[str, Any]:
    """The longest latency, and that of each point where points differ in frame or look-ahead.

    Raises:
        Abstain: the delay is not found at any of the points that share a frame and a look-ahead.
    """
    measured = [(points, _refined(built, points, positions, signals)) for points in points_alike(built.card)]
    longest = max((each for _, each in measured), key=lambda each: each.length)
    latency = longest.latency
    figures: dict[str, Any] = {
        "latency_points": list(longest.points),
        "latency_position": latency.position, "latency_signals": REFINED,
        "delay_ms": latency.delay_ms, "delay_method": latency.delay_method,
        "latency_measured_ms": longest.measured_ms,
        "latency_ms": latency.total_ms, "buffering_ms": latency.buffering_ms, "lookahead_ms": latency.lookahead_ms,
        "latency_kind": latency.kind,
    }  # fmt: skip
    if len(measured) > 1:
        figures["latency_by_point"] = {
            point.label: {
                "latency_ms": each.latency.total_ms, "buffering_ms": each.latency.buffering_ms,
                "latency_kind": each.latency.kind,
            }
            for points, each in measured
            for point in points
            if each.latency.total_ms is not None  # of a codec of whole utterances there is none
        }  # fmt: skip
    return figures


def points_alike(card: CodecCard) -> list[tuple[OperatingPoint, ...]]:
    """The operating points by frame and look-ahead, each group and the groups from the lowest bitrate on."""
    groups: dict[tuple[int, int], list[OperatingPoint]] = {}
    for point in card.rising_points:
        groups.setdefault((card.frame_at(point), card.lookahead_at(point)), []).append(point)
    return [tuple(points) for points in groups.values()]


def _refined(
    built: Built, points: Sequence[OperatingPoint], positions: Sequence[int] | None, signals: int
) -> CardLatency:
    """In two passes, and no less than the card declares: `measured_ms` is what was seen."""
    frame = built.card.frame_at(points[0])
    inside = None if positions is None else [place for place in positions if place < frame]
    seen = card_latency(built, points, inside, signals)
    if seen.latency.position is not None:
        # Later positions than the longest-waiting one wait longer, if the quantizer lets it be seen.
        later = range(seen.latency.position, min(frame, seen.latency.position + LATER))
        seen = card_latency(built, points, later, REFINED)
    return replace(seen, latency=no_less_than_declared(seen.latency, built.card, points[0]))


def stage_figures(codec: HasStages, card: CodecCard) -> dict[str, Any]:
    """Parameters, MACs per second at 10 s, their growth with length, and the operations that were not counted."""
    from codecbench.cost.stages import MACS_SECONDS, measure_stages, quadratic_macs

    highest = card.rising_points[-1]
    audio = speech_like(round(MACS_SECONDS * card.sample_rate), card.sample_rate, 0)
    audio = Audio(audio.samples.repeat(card.channels, axis=0), card.sample_rate)
    by_point = {point.label: measure_stages(codec, audio, point) for point in card.points}
    costs = by_point[highest.label]
    short = Audio(audio.samples[:, : 3 * card.frame * max(1, card.sample_rate // card.frame)], card.sample_rate)
    growth = quadratic_macs(codec, short, highest)
    return {
        "parameters": costs.parameters,
        **{f"{stage}_macs_per_s": macs for stage, macs in costs.macs_per_s.items()},
        "macs_point": highest.label,
        "macs_by_point": {label: dict(each.macs_per_s) for label, each in by_point.items()},
        "macs_per_s2": dict(growth),
        "macs_unknown": list(costs.unknown),
        "macs_not_counted": dict(costs.not_counted),
    }


@dataclass(frozen=True)
class CardLatency:
    """The longest latency, what was measured of it, and the labels of the points it was looked for at."""

    latency: Latency
    measured_ms: float | None
    points: tuple[str, ...]

    @property
    def length(self) -> float:
        """In ms; without bound where the codec needs the whole utterance."""
        return inf if self.latency.total_ms is None else self.latency.total_ms


def card_latency(
    built: Built, points: Sequence[OperatingPoint], positions: Sequence[int] | None, signals: int
) -> CardLatency:
    """The longest measured latency over the lowest and the highest of `points`, which share a frame.

    A point is left out where the codec's delay cannot be found in what it decodes there.

    Raises:
        Abstain: that is so at every point.
    """
    measured: list[CardLatency] = []
    reasons: list[Abstain] = []
    delay = None if built.trained else 0
    for point in dict.fromkeys((points[0].label, points[-1].label)):
        try:
            latency = measure_latency(
                built.codec, built.card, built.card.point(point), positions=positions, signals=signals, delay=delay
            )
            measured.append(CardLatency(latency, latency.total_ms, (point,)))
        except Abstain as reason:
            reasons.append(reason)
    if not measured:
        raise reasons[0]
    longest = max(measured, key=lambda each: each.length)
    return replace(longest, points=tuple(label for each in measured for label in each.points))


def write_figures(package: str, spec: str, figures: dict[str, Any]) -> None:
    """Replace one codec's figures in its package's `card.json`."""
    kept = {**read_figures(package), spec: figures}
    card_path(package).write_text(json.dumps(dict(sorted(kept.items())), indent=1) + "\n", encoding="utf-8")


def _spread_weights(codec: Codec) -> None:
    """Make the latency of a codec without its weights visible, where it keeps its network in `model`."""
    from torch import nn

    from codecbench.cost.random_weights import spread_weights

    network = getattr(codec, "model", None)
    if isinstance(network, nn.Module):
        spread_weights(network)


def drop_values(codec: Any) -> None:
    """Leave only the shapes of the network that a codec keeps in `model`, and let it take its input to them."""
    codec.device = "meta"
    codec.model.to("meta")
