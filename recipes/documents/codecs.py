"""What codecs come with codecbench, from their cards: those with weights in a table, the classical ones by family."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from codecbench_classic.rows import Row
from codecbench_classic.table import ROWS

from codecbench.api import CodecCard, OperatingPoint
from recipes.documents.own import own_registry

HEAD = "| codec | what | bitrates (kbps) | weights |\n|---|---|---|---|"
CLASSICAL_HEAD = (
    "| codec | what | called by | kbps | frame + look-ahead (ms) | sent, and so counted | licence | by |\n"
    "|---|---|---|---|---|---|---|---|"
)
PAGE = "[docs/classical-codecs.md](docs/classical-codecs.md)"


def codec_table() -> str:
    """Markdown: a row for each codec of this distribution that has weights, in its order; an outsider's are left out.
    Below it a line of those that have none.
    """
    registry = own_registry()
    cards = [registry.checkpoints(name) for name in registry.codec_names()]
    rows = [_row(of) for of in cards if of[0].weights is not None]
    return "\n".join([HEAD, *rows, "", _classical([of for of in cards if of[0].weights is None])])


def classical_table() -> str:
    """Markdown: the rows of `codecbench_classic.table`."""
    return "\n".join([CLASSICAL_HEAD, *(_classical_row(row) for row in ROWS)])


def _classical(cards: Sequence[Sequence[CodecCard]]) -> str:
    families: dict[str, list[str]] = {}
    for of in cards:
        families.setdefault(of[0].family or "self-check", []).append(f"`{of[0].name}` {_span(of[0].points)}")
    listed = "; ".join(f"**{family}**: {', '.join(names)}" for family, names in families.items())
    return f"Without weights, by kbps ({PAGE}): {listed}."


def _span(points: Iterable[OperatingPoint]) -> str:
    """`6 to 32`; of a variable bitrate the points' names."""
    rates = sorted(point.nominal_kbps for point in points if point.nominal_kbps is not None)
    if not rates:
        return ", ".join(point.label for point in points)
    return f"{rates[0]:g}" if rates[0] == rates[-1] else f"{rates[0]:g} to {rates[-1]:g}"


def _classical_row(row: Row) -> str:
    ms = 1000 / row.sample_rate
    spans = dict.fromkeys(
        f"{row.card.frame_at(point) * ms:.4g} + {row.card.lookahead_at(point) * ms:.4g}" for point in row.points
    )
    cells = (
        f"`{row.name}`" if row.checkpoint == "default" else f"`{row.card.spec}`", row.description, row.call.means,
        ", ".join(point.label for point in row.points), " or ".join(spans), row.counted, row.licence, row.paper,
    )  # fmt: skip
    return f"| {' | '.join(cells)} |"


def _row(cards: Sequence[CodecCard]) -> str:
    default = cards[0]
    asked = " (on request)" if default.on_request else ""
    return f"| `{default.name}`{asked} | {default.description} | {_rates(cards)} | {_weights(cards)} |"


def _rates(cards: Sequence[CodecCard]) -> str:
    """Of the default checkpoint, then the range of those of each further track."""
    text = ", ".join(point.label for point in cards[0].points)
    for track in dict.fromkeys(card.track for card in cards[1:]):
        points = [point for card in cards[1:] if card.track == track for point in card.points]
        rates = sorted(point.nominal_kbps for point in points if point.nominal_kbps is not None)
        if rates:  # else all are named alike
            span = f"{rates[0]:.3g} to {rates[-1]:.3g}" if rates[0] < rates[-1] else f"{rates[0]:.3g}"
            text += f"; {track}: {span}"
    return text


def _weights(cards: Sequence[CodecCard]) -> str:
    names = [
        f"`{card.checkpoint}`{' bundled' if _bundled(card) else ''}" for card in cards if card.track != "untrained"
    ]
    untrained = [f"`{card.checkpoint}`" for card in cards if card.track == "untrained"]
    return "; ".join([*names, *([f"{', '.join(untrained)} untrained"] if untrained else [])])


def _bundled(card: CodecCard) -> bool:
    return card.weights is not None and card.weights.package is not None
