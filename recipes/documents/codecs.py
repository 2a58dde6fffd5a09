"""The table of the codecs that come with codecbench, from their cards."""

from __future__ import annotations

from collections.abc import Sequence

from codecbench.api import CodecCard
from recipes.documents.own import own_registry

HEAD = "| codec | what | bitrates (kbps) | weights |\n|---|---|---|---|"


def codec_table() -> str:
    """Markdown: a row for each codec that this distribution registers, in its order; an outsider's are left out."""
    registry = own_registry()
    return "\n".join([HEAD, *(_row(registry.checkpoints(name)) for name in registry.codec_names())])


def _row(cards: Sequence[CodecCard]) -> str:
    default = cards[0]
    return f"| `{default.name}` | {default.description} | {_rates(cards)} | {_weights(cards)} |"


def _rates(cards: Sequence[CodecCard]) -> str:
    """Of the default checkpoint, then the range of those of each further track."""
    text = ", ".join(point.label for point in cards[0].points)
    for track in dict.fromkeys(card.track for card in cards[1:]):
        points = [point for card in cards[1:] if card.track == track for point in card.points]
        rates = sorted(point.nominal_kbps for point in points if point.nominal_kbps is not None)
        span = f"{rates[0]:.3g} to {rates[-1]:.3g}" if rates[0] < rates[-1] else f"{rates[0]:.3g}"
        text += f"; {track}: {span}"
    return text


def _weights(cards: Sequence[CodecCard]) -> str:
    if cards[0].weights is None and len(cards) == 1:
        return "none"
    names = [
        f"`{card.checkpoint}`{' bundled' if _bundled(card) else ''}" for card in cards if card.track != "untrained"
    ]
    untrained = [f"`{card.checkpoint}`" for card in cards if card.track == "untrained"]
    return "; ".join([*names, *([f"{', '.join(untrained)} untrained"] if untrained else [])])


def _bundled(card: CodecCard) -> bool:
    return card.weights is not None and card.weights.package is not None
