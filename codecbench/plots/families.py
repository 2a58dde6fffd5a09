"""A figure by family: speech, audio and neural codecs each in a colour and a dash, and codecs by their markers."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, replace

from codecbench.analysis.looks import MARKERS
from codecbench.analysis.summary import Summary
from codecbench.errors import UsageError
from codecbench.plots.chart import Chart, Curve, Panel


@dataclass(frozen=True)
class FamilyLook:
    """`colour` and `dash` are numbers of the ten colours and the four dashes that codecbench has."""

    title: str
    colour: int
    dash: int


FAMILIES: Mapping[str, FamilyLook] = {
    "neural": FamilyLook("neural codecs", 1, 0), "speech": FamilyLook("speech codecs", 0, 1),
    "audio": FamilyLook("audio codecs", 2, 2), "": FamilyLook("others", 8, 3),
}  # fmt: skip
"""In the order of the legend. Empty: the codec's card does not say (`CodecCard.family`)."""


def by_family(chart: Chart, summary: Summary) -> Chart:
    """`chart` with the looks of families; labels stay. Raises UsageError for more codecs of a family than markers."""
    families = {summary.series[row.codec_id]: row.family for row in summary.rows}
    drawn = sorted({curve.series for panel in chart.panels for curve in (*panel.curves, *panel.published)})
    markers, taken = {}, Counter[str]()
    for series in drawn:
        family = families.get(series, "")
        markers[series] = taken[family]
        taken[family] += 1
    for family, count in taken.items():
        if count > len(MARKERS):
            raise UsageError(
                f"--by family: {count} {FAMILIES[family].title} are more than there are markers, {len(MARKERS)}: "
                "choose some by --codecs"
            )

    def seen(curve: Curve) -> Curve:
        look = FAMILIES[families.get(curve.series, "")]
        return replace(
            curve, look=replace(curve.look, colour=look.colour, dash=look.dash, marker=markers[curve.series])
        )

    def panel(one: Panel) -> Panel:
        return replace(one, curves=tuple(map(seen, one.curves)), published=tuple(map(seen, one.published)))

    return replace(chart, panels=tuple(map(panel, chart.panels)), families=families)
