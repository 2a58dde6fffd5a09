from __future__ import annotations

from collections.abc import Mapping

import pytest
from made_runs import MadeCodec, made_results

from codecbench.analysis import Summary, summarize
from codecbench.errors import UsageError
from codecbench.plots.degradation import degradation
from codecbench.plots.drawing import render

QUALITY: Mapping[int, float] = {0: 0.9, 10: 0.7, 20: 0.5}


def run(condition: str, quality: float = 0.5, unit: str = "", **more: object) -> Summary:
    meta = {"condition": condition, "condition_unit": unit, **more}
    codecs = [MadeCodec("opus", (6, 12), quality), MadeCodec("books", (3,), quality - 0.1, codebooks=True)]
    return summarize(made_results(codecs, metrics=["estoi", "wer"], meta=meta))


def losses() -> list[Summary]:
    """In no order: the figure is drawn by the value."""
    return [run(f"loss:{percent}", QUALITY[percent], "%") for percent in (20, 0, 10)]


def test_a_curve_for_each_codec_and_point_over_the_value() -> None:
    chart = degradation(losses(), "estoi")
    (panel,) = chart.panels
    assert [curve.name for curve in panel.curves] == ["opus 6", "opus 12", "books 3"]
    for curve in panel.curves:
        assert [point.x for point in curve.points] == [0.0, 10.0, 20.0]
        assert curve.points[0].y > curve.points[1].y > curve.points[2].y
    assert (chart.x_title, chart.linear) == ("loss (%)", True)
    assert len({(curve.look.colour, curve.look.marker) for curve in panel.curves}) == 3


def test_the_notes_say_how_fast_it_loses() -> None:
    chart = degradation(losses(), "estoi")
    (slope,) = [note for note in chart.notes if note.startswith("opus 6: ")]
    curve = chart.panels[0].curves[0]
    assert slope.startswith("opus 6: −0.")
    assert float(slope.split("−")[1].split()[0]) == pytest.approx((curve.points[0].y - curve.points[2].y) / 2, rel=0.05)
    assert slope.endswith("per 10 %")
    assert "in condition loss" in chart.notes[0]


def test_the_clean_run_is_where_nothing_is_lost() -> None:
    chart = degradation([run("wb", 0.9), run("loss:10", 0.7)], "estoi")
    assert [point.x for point in chart.panels[0].curves[0].points] == [0.0, 10.0]


def test_it_is_drawn_on_a_linear_axis() -> None:
    pytest.importorskip("matplotlib")
    picture = render(degradation([run("noise:-5", 0.4), run("noise:20", 0.8)], "estoi"), "svg", "column").decode()
    assert "−5" in picture or "&#8722;5" in picture or "noise" in picture
    assert render(degradation([run("noise:-5", 0.4), run("noise:20", 0.8)], "estoi"), "png", "page")[:4] == b"\x89PNG"


@pytest.mark.parametrize(
    ("conditions", "message"),
    [
        (("loss:10", "noise:10"), "runs that differ in one condition's value .* of loss:10, noise:10"),
        (("loss:10", "loss:20@input"), "runs that differ in one condition's value"),
        (("wb", "fb"), "runs that differ in one condition's value"),
        (("noise:10", "wb"), "a run in wb has no value of noise; leave it out"),
        (("loss:10", "loss:10.0"), "two runs are of one value of loss"),
    ],
)
def test_what_is_no_series_is_refused(conditions: tuple[str, ...], message: str) -> None:
    with pytest.raises(UsageError, match=message):
        degradation([run(condition) for condition in conditions], "estoi")


def test_other_recordings_and_metrics_are_refused() -> None:
    with pytest.raises(UsageError, match="over different recordings"):
        degradation([run("loss:0"), run("loss:10", revision="cd" * 32)], "estoi")
    with pytest.raises(UsageError, match="the run in condition loss:0 has no metric 'pesq_wb'"):
        degradation([run("loss:0"), run("loss:10")], "pesq_wb")
