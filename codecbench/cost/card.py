"""`codecbench dev card CODEC[:CHECKPOINT] ...` measures what a codec's card states and writes `card.json`.

Parameters, MACs (10 s of input, at each operating point; the single figures are of the highest), and the latency, the
longest of those measured at the lowest and the highest point and of what the card's frame and look-ahead reach. Where a
codec's weights are not on this machine the same configuration with random weights is measured: none of these figures
depends on their values, but a delay cannot be seen through them and is taken as 0.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from codecbench.api import Abstain, Audio, Codec, CodecCard, CodecOptions, HasStages, Unavailable
from codecbench.cost.figures import card_path, read_figures
from codecbench.cost.latency import Latency, measure_latency, no_less_than_declared
from codecbench.cost.signals import speech_like
from codecbench.plugins import registry
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
    codec = entry.factory(CodecOptions(checkpoint=entry.card.checkpoint, weights=weights))
    if not trained:
        _spread_weights(codec)
    return Built(codec, entry.card, entry.factory.__module__.partition(".")[0], trained)


def measure_card(
    built: Built, positions: Sequence[int] | None = None, signals: int = 3, latency_too: bool = True
) -> dict[str, Any]:
    """The figures of one card, as kept in `card.json`; those that do not exist for this codec are left out."""
    figures: dict[str, Any] = {"weights": "own" if built.trained else "random"}
    if isinstance(built.codec, HasStages):
        figures |= stage_figures(built.codec, built.card)
    if not latency_too:
        return figures
    coarse = card_latency(built, positions, signals)
    position = coarse.latency.position
    fine = coarse if position is None else card_latency(built, _later(built, position), REFINED)
    latency = no_less_than_declared(fine.latency, built.card)
    figures["latency_points"] = list(fine.points)
    figures["latency_position"], figures["latency_signals"] = latency.position, REFINED
    figures["delay_ms"], figures["delay_method"] = latency.delay_ms, latency.delay_method
    figures["latency_measured_ms"] = fine.latency.total_ms
    figures["latency_ms"], figures["buffering_ms"] = latency.total_ms, latency.buffering_ms
    figures["lookahead_ms"] = latency.lookahead_ms
    return figures


def _later(built: Built, position: int) -> range:
    """The positions from the longest-waiting one on: later ones wait longer if the quantizer lets it be seen."""
    return range(position, min(built.card.frame, position + LATER))


def stage_figures(codec: HasStages, card: CodecCard) -> dict[str, Any]:
    """Parameters, MACs per second at 10 s, their growth with length, and the operations that were not counted."""
    from codecbench.cost.stages import MACS_SECONDS, measure_stages, quadratic_macs

    highest = max(card.points, key=lambda point: point.nominal_kbps)
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
    """The longest latency, and the labels of the points it was looked for at."""

    latency: Latency
    points: tuple[str, ...]


def card_latency(built: Built, positions: Sequence[int] | None, signals: int) -> CardLatency:
    """The longest measured latency over the lowest and the highest point.

    A point is left out where the codec's delay cannot be found in what it decodes there.

    Raises:
        Abstain: that is so at every point.
    """
    measured: dict[str, Latency] = {}
    reasons: list[Abstain] = []
    delay = None if built.trained else 0
    for point in _ends(built.card):
        try:
            measured[point.label] = measure_latency(
                built.codec, built.card, point, positions=positions, signals=signals, delay=delay
            )
        except Abstain as reason:
            reasons.append(reason)
    if not measured:
        raise reasons[0]
    longest = max(measured.values(), key=lambda each: float("inf") if each.total_ms is None else each.total_ms)
    return CardLatency(longest, tuple(measured))


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


def _ends(card: CodecCard) -> tuple[Any, ...]:
    points = sorted(card.points, key=lambda point: point.nominal_kbps)
    return (points[0],) if len(points) == 1 else (points[0], points[-1])
