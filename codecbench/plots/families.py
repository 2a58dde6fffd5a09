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
    """`colours` and `dash` are numbers of the ten colours and the four dashes that codecbench has. The first ten codecs
    of a family have the first colour; the second is a neighbour of it.
    """

    title: str
    colours: tuple[int, int]
    dash: int


FAMILIES: Mapping[str, FamilyLook] = {
    "neural": FamilyLook("neural codecs", (1, 6), 0), "speech": FamilyLook("speech codecs", (0, 5), 1),
    "audio": FamilyLook("audio codecs", (2, 9), 2), "": FamilyLook("others", (8, 4), 3),
}  # fmt: skip
"""In the order of the legend. Empty: the codec's card does not say (`CodecCard.family`)."""


def by_family(chart: Chart, summary: Summary) -> Chart:
    """`chart` with the looks of families; labels stay. Raises UsageError for more codecs of a family than looks."""
    families = {summary.series[row.codec_id]: row.family for row in summary.rows}
    drawn = sorted({curve.series for panel in chart.panels for curve in (*panel.curves, *panel.published)})
    markers, taken = {}, Counter[str]()
    for series in drawn:
        family = families.get(series, "")
        markers[series] = taken[family]
        taken[family] += 1
    for family, count in taken.items():
        most = len(MARKERS) * len(FAMILIES[family].colours)
        if count > most:
            raise UsageError(
                f"--by family: {count} {FAMILIES[family].title} are more than can be told apart, {most}: "
                "choose some by --codecs"
            )

    def seen(curve: Curve) -> Curve:
        look = FAMILIES[families.get(curve.series, "")]
        tens, marker = divmod(markers[curve.series], len(MARKERS))
        return replace(curve, look=replace(curve.look, colour=look.colours[tens], dash=look.dash, marker=marker))

    def panel(one: Panel) -> Panel:
        return replace(one, curves=tuple(map(seen, one.curves)), published=tuple(map(seen, one.published)))

    return replace(chart, panels=tuple(map(panel, chart.panels)), families=families)
