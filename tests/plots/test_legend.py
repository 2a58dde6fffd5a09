from __future__ import annotations

from dataclasses import replace

import pytest

from codecbench.analysis.looks import Look
from codecbench.plots.chart import Chart, Curve, Panel, Point
from codecbench.plots.legend import Legend, lay_out
from codecbench.plots.style import Width

FAMILIES = {**dict.fromkeys(range(2, 7), "neural"), **dict.fromkeys((0, 7, 8), "speech"), 1: "audio"}


def curve(series: int, name: str = "") -> Curve:
    return Curve(name or f"codec{series}", series, (Point(1.0, 1.0),), Look(f"codec{series}", series % 10, series % 10))


def chart(*published: Curve, families: dict[int, str] | None = FAMILIES) -> Chart:
    return Chart("kbps", (Panel("y", tuple(map(curve, range(9))), None, published),), families=families)


def columns(legend: Legend) -> list[list[str]]:
    labels = [key.label for key in legend.keys]
    return [labels[start : start + legend.lines] for start in range(0, len(labels), legend.lines)]


def test_each_family_has_columns_of_its_own_below_its_name() -> None:
    found = columns(lay_out(chart(), "page"))
    assert [column[0] for column in found if "codecs" in column[0]] == [
        "neural codecs",
        "speech codecs",
        "audio codecs",
    ]
    assert {len(column) for column in found} == {lay_out(chart(), "page").lines}
    shown = [label for column in found for label in column if label]
    assert shown == [
        "neural codecs", "codec2", "codec3", "codec4", "codec5", "codec6", "speech codecs", "codec0", "codec7",
        "codec8", "audio codecs", "codec1",
    ]  # fmt: skip


def test_where_they_do_not_fit_families_follow_one_another() -> None:
    curves = tuple(curve(one, f"a codec of long name {one}") for one in range(9))
    long = replace(chart(), panels=(Panel("y", curves),))
    legend = lay_out(long, "column")
    assert legend.columns == 1
    assert [key.label for key in legend.keys][0::6] == ["neural codecs", "speech codecs"]


@pytest.mark.parametrize("width", ["column", "page"])
def test_without_families_it_is_the_order_of_the_run(width: Width) -> None:
    legend = lay_out(chart(curve(3), curve(12, "paper"), families=None), width)
    labels = [key.label for key in legend.keys]
    assert labels == [*(f"codec{one}" for one in range(9)), "paper (published)", "published"]
    assert [key.hollow for key in legend.keys][-2:] == [True, True]
