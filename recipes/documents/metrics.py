"""The table of the metrics that come with codecbench, from their cards."""

from __future__ import annotations

from codecbench.api import MetricCard
from recipes.documents.own import own_registry

HEAD = "| id | title | what | unit, better | asks for |\n|---|---|---|---|---|"
BETTER = {True: "higher", False: "lower", None: "neither"}


def metric_table() -> str:
    """Markdown: a row for each metric that this distribution registers, in its order."""
    return "\n".join([HEAD, *(_row(entry.card) for entry in own_registry().metrics.values())])


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
    needs += [f"`--weights {card.id}=PATH`"] if card.weights else []
    needs += ["an environment of its own"] if card.environment else []
    return ", ".join(needs)
