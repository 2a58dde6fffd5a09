"""The legend of a figure: a key for each curve, in columns; of a figure by family, each family under its name."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from codecbench.plots.chart import Chart, Curve
from codecbench.plots.families import FAMILIES, FamilyLook
from codecbench.plots.style import DASHES, Width, colour, dash, marker, report_colours

CHARACTERS = {"column": 50, "page": 112}
"""That fit a line of the legend, a key counted as so many:"""
KEY_CHARACTERS = 7
PUBLISHED = "published"


@dataclass(frozen=True)
class Key:
    """Of a curve (`hollow`: of published figures), of a family, or of nothing, which fills up a column."""

    label: str = ""
    curve: Curve | None = None
    family: FamilyLook | None = None
    hollow: bool = False


@dataclass(frozen=True)
class Legend:
    """`keys` fill `columns`, one after the other."""

    keys: tuple[Key, ...]
    columns: int

    @property
    def lines(self) -> int:
        return -(-len(self.keys) // self.columns)

    @property
    def handles(self) -> list[Any]:
        return [_handle(key) for key in self.keys]


def lay_out(chart: Chart, width: Width) -> Legend:
    """As many columns as fit; by family each has one or more columns of its own, where so many fit."""
    blocks = list(_blocks(chart))
    keys = [key for block in blocks for key in block]
    fit = CHARACTERS[width] // (KEY_CHARACTERS + max(len(key.label) for key in keys))
    columns = max(1, min(fit, len(keys)))
    if not 1 < len(blocks) <= columns:
        return Legend(tuple(keys), columns)
    longest = max(map(len, blocks))
    height = next(h for h in range(1, longest + 1) if sum(-(-len(block) // h) for block in blocks) <= columns)
    filled = [key for block in blocks for key in (*block, *[Key()] * (-len(block) % height))]
    return Legend(tuple(filled), len(filled) // height)


def _blocks(chart: Chart) -> Iterator[list[Key]]:
    """All keys in one, in the order of the run; by family one of each that is there."""
    curves = {curve.series: curve for panel in chart.panels for curve in panel.curves}
    ordered = [curves[series] for series in sorted(curves)]
    published = list(_published(chart, curves))
    if chart.families is None:
        yield [*(Key(curve.label, curve) for curve in ordered), *published]
        return
    for family, look in FAMILIES.items():
        members = [curve for curve in ordered if chart.families.get(curve.series, "") == family]
        if members:
            yield [Key(look.title, family=look), *(Key(curve.label, curve) for curve in members)]
    if published:
        yield published


def _published(chart: Chart, curves: dict[int, Curve]) -> Iterator[Key]:
    """Of codecs that have no curve by their numbers, then of those that have one."""
    marks = {mark.series: mark for panel in chart.panels for mark in panel.published}
    for series in sorted(marks.keys() - curves.keys()):
        yield Key(f"{marks[series].name} ({PUBLISHED})", marks[series], hollow=True)
    if marks.keys() & curves.keys():
        yield Key(PUBLISHED, hollow=True)


def _handle(key: Key) -> Any:
    from matplotlib.lines import Line2D

    label = key.label.replace("$", r"\$")
    if key.family is not None:
        ink = report_colours()[f"c{key.family.colours[0]}"]
        return Line2D([], [], color=ink, linestyle=DASHES[key.family.dash], linewidth=2.0, label=label)
    if key.curve is None and not key.hollow:
        return Line2D([], [], linestyle="none", label=" ")
    (shape, size), ink = ("o", 4.0), report_colours()["dim"]
    if key.curve is not None:
        (shape, size), ink = marker(key.curve.look), colour(key.curve.look)
    if key.hollow or key.curve is None:
        return Line2D([], [], linestyle="none", marker=shape, markerfacecolor="none", markeredgecolor=ink,
                      markersize=size, label=label)  # fmt: skip
    return Line2D(
        [], [], color=ink, linestyle=dash(key.curve.look), marker=shape, markersize=size, markeredgecolor="white",
        markeredgewidth=0.4, label=label,
    )  # fmt: skip
