"""One visual language with the HTML report: its colours, read from its style sheet, and its markers, in its order.

Codecs differ in marker as well as in colour, so that a figure reads in grey; only from the eleventh on, where these are
used again, in the dash.
"""

from __future__ import annotations

import re
from functools import cache
from importlib.resources import files
from typing import Any, Literal

from codecbench.analysis.looks import Look

Width = Literal["column", "page"]
WIDTHS_IN: dict[Width, float] = {"column": 3.35, "page": 7.0}
"""Inches: of one column of a two-column A4 or letter page, and of both with the gap between them."""

MARKERS: tuple[Any, ...] = (
    "o", "s", "^", "D", "v", "*", (4, 1, 0), (6, 0, 30), "p", "X",
)  # fmt: skip
"""As MARKS in the report's charts.js: circle, square, triangle, diamond, triangle down, stars, polygons, cross."""
SIZES = (4.2, 4.0, 4.8, 4.0, 4.8, 6.4, 6.6, 4.9, 5.1, 5.0)
"""Points: markers of the same visual weight."""
DASHES: tuple[Any, ...] = ("-", (0, (4, 1.4)), (0, (1.2, 1.2)), (0, (5, 1.2, 1.2, 1.2)))
"""As DASHES in charts.js."""
LIGHT_ROOT = re.compile(r":root\s*{(.*?)}", re.DOTALL)

RC: Any = {
    "font.family": "sans-serif", "font.sans-serif": ["DejaVu Sans"],  # comes with matplotlib: the same everywhere
    "font.size": 8, "axes.labelsize": 8, "xtick.labelsize": 7, "ytick.labelsize": 7, "legend.fontsize": 7,
    "axes.titlesize": 8, "axes.linewidth": 0.6, "lines.linewidth": 1.1, "axes.spines.top": False,
    "axes.spines.right": False, "axes.grid": True, "axes.axisbelow": True, "grid.linewidth": 0.4,
    "xtick.major.width": 0.6, "ytick.major.width": 0.6, "xtick.major.size": 2.5, "ytick.major.size": 2.5,
    "legend.frameon": False, "legend.handlelength": 2.6, "legend.columnspacing": 1.2, "legend.labelspacing": 0.3,
    "figure.dpi": 100, "savefig.dpi": 300, "pdf.fonttype": 42, "ps.fonttype": 42, "svg.fonttype": "path",
    "svg.hashsalt": "codecbench",
}  # fmt: skip
"""Type 42 embeds TrueType, which journals ask for; the salt makes ids, and so the file, the same each time."""


@cache
def report_colours() -> dict[str, str]:
    """The variables of the report's light theme, e.g. `c0` to `c9` for series, `ink`, `dim`, `grid`."""
    css = (files("codecbench.report") / "templates" / "report.css").read_text(encoding="utf-8")
    block = LIGHT_ROOT.search(css)
    assert block is not None
    return dict(re.findall(r"--([\w-]+):\s*(#[0-9a-fA-F]+)", block[1]))


def colour(look: Look) -> str:
    """As the report colours it in its light theme."""
    return look.colour if isinstance(look.colour, str) else report_colours()[f"c{look.colour}"]


def marker(look: Look) -> tuple[Any, float]:
    """Its shape and size in points."""
    return MARKERS[look.marker], SIZES[look.marker]


def dash(look: Look) -> Any:
    return DASHES[look.dash % len(DASHES)]
