"""What the recipes print as Markdown: tables."""

from __future__ import annotations

from collections.abc import Sequence

from tabulate import tabulate

QUALITY = ("estoi", "pesq_wb")
"""The metrics by which the recipes judge, by id."""


def table(lines: Sequence[Sequence[str]], headers: Sequence[str]) -> str:
    """Cells as they are written: no figure is formatted again."""
    printed: str = tabulate(lines, headers=headers, tablefmt="github", disable_numparse=True)
    return printed


def score_cell(score: float | None) -> str:
    """Empty where there is none."""
    return "" if score is None else f"{score:.3f}"
