"""The table of the metrics that come with codecbench, from their cards."""

from __future__ import annotations

from importlib.metadata import entry_points

from codecbench.api import MetricCard
from codecbench.plugins import load_registry

HEAD = "| id | title | what | unit, better | asks for |\n|---|---|---|---|---|"
BETTER = {True: "higher", False: "lower", None: "neither"}


def metric_table() -> str:
    """Markdown: a row for each metric that this distribution registers, in its order."""
    own = tuple(p for p in entry_points(group="codecbench") if p.dist is not None and p.dist.name == "codecbench")
    return "\n".join([HEAD, *(_row(entry.card) for entry in load_registry(own).metrics.values())])


def _row(card: MetricCard) -> str:
    unit = card.unit or ("%" if card.pooling == "ratio" else "")
    scale = ", ".join(filter(None, [unit, BETTER[card.higher_is_better]]))
    return f"| `{card.id}` | {card.title} | {card.description.replace('|', '/')} | {scale} | {_needs(card)} |"


def _needs(card: MetricCard) -> str:
    needs = ["a recognizer"] if card.uses_recognizer else []
    needs += ["transcripts"] if card.needs_transcript else []
    needs += [f"the column{'s' if len(card.columns) > 1 else ''} {', '.join(f'`{one}`' for one in card.columns)}"
              ] if card.columns else []  # fmt: skip
    needs += ["`--metrics` to name it"] if card.on_request else []
    return ", ".join(needs)
