"""Equivalent bitrate: Opus needs 7.8 [7.1, 8.6] kbps for this quality."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from made_runs import MadeCodec, made_results
from scipy.interpolate import PchipInterpolator

from codecbench.analysis import summarize
from codecbench.analysis.bd_pairs import BDFigure
from codecbench.analysis.cells import collect_cells
from codecbench.analysis.equivalent import best_anchor, equivalent_bitrate
from codecbench.analysis.pchip import evaluate_pchip
from codecbench.store.ids import CodecId
from codecbench.store.rows import StoredResults

ANCHOR, ONE_POINT = MadeCodec("anchor", (2, 4, 6, 12), 0.5), MadeCodec("single", (4,), 0.6)
TRUTH = 4 * 2 ** (0.1 / 0.22)
"""Quality is 0.22 × log2 of the rate: what is 0.1 better needs so many kbps of the anchor."""


def equivalent(results: StoredResults, metric: str = "pesq_wb", codec: str = "single") -> BDFigure:
    summary, cells = summarize(results), collect_cells(results, [metric])
    anchor = [row.place for row in summary.rows if row.codec == "anchor"]
    (test,) = [row.place for row in summary.rows if row.codec == codec]
    return equivalent_bitrate(cells, anchor, test, metric, bool(summary.metrics[metric].higher_is_better))


@pytest.mark.parametrize("points", [2, 3, 7])
def test_values_are_scipys(points: int) -> None:
    g = np.random.default_rng(points)
    x, y = np.cumsum(g.uniform(0.1, 1, (50, points)), axis=1), np.cumsum(g.uniform(-0.3, 1, (50, points)), axis=1)
    at = g.uniform(x[:, 0], x[:, -1])
    at[0], at[1], at[2] = x[0, 0], x[1, -1], x[2, 1]  # at the ends and at a knot, too
    wanted = [
        float(np.interp(one, xs, ys) if points == 2 else PchipInterpolator(xs, ys)(one))
        for xs, ys, one in zip(x, y, at, strict=True)
    ]
    assert np.allclose(evaluate_pchip(x, y, at), wanted, rtol=1e-12, atol=1e-12)
    outside = np.concatenate([x[:25, 0] - 1e-9, x[25:, -1] + 1e-9])
    assert np.isnan(evaluate_pchip(x, y, outside)).all()


def test_the_interval_holds_the_truth() -> None:
    figure = equivalent(made_results([ANCHOR, ONE_POINT], utterances=60, speakers=30))
    assert figure.low is not None
    assert figure.high is not None
    assert figure.value is not None
    assert figure.low < TRUTH < figure.high
    assert figure.low < figure.value < figure.high < 1.2 * figure.low
    assert (figure.utterances, figure.speakers, figure.indicative) == (60, 30, False)


def test_it_holds_it_about_as_often_as_it_says() -> None:
    """95 % of 60: fewer than 50 would happen by chance once in ten thousand times."""
    figures = [
        equivalent(made_results([ANCHOR, ONE_POINT], utterances=24, speakers=12, draw=draw)) for draw in range(60)
    ]
    held = sum((figure.low or 0) <= TRUTH <= (figure.high or 0) for figure in figures)
    assert held >= 50


def test_a_metric_whose_lower_values_are_better() -> None:
    figure = equivalent(made_results([ANCHOR, ONE_POINT], utterances=60, speakers=30), "wer")
    assert figure.value is not None
    assert figure.value > 4


@pytest.mark.parametrize(
    ("offset", "said", "bounds"),
    [
        (1.5, "the anchor does not reach it at its highest rate", (12, None)),
        (-0.5, "the anchor is better already at its lowest rate", (None, 2)),
    ],
)
def test_what_the_anchor_never_has_is_said(offset: float, said: str, bounds: tuple[float | None, float | None]) -> None:
    figure = equivalent(made_results([ANCHOR, MadeCodec("single", (4,), offset)], utterances=24, speakers=12))
    assert figure.value is None
    assert str(figure.refusal) == said
    for found, wanted in zip((figure.low, figure.high), bounds, strict=True):
        assert found == (None if wanted is None else pytest.approx(wanted, rel=0.1))


def test_an_anchor_needs_a_curve() -> None:
    alone = equivalent(made_results([MadeCodec("anchor", (4,), 0.5), ONE_POINT], utterances=24))
    assert "fewer than 2 points of the anchor" in str(alone.refusal)
    few = equivalent(made_results([ANCHOR, ONE_POINT], utterances=24, speakers=6))
    assert few.indicative


def test_the_anchor_is_who_reaches_most_of_the_others() -> None:
    codecs = [
        MadeCodec("short", (4, 5), 0.5),
        MadeCodec("long", (1, 4, 12), 0.5),
        ONE_POINT,
        MadeCodec("low", (2,), 0.5),
    ]
    results = made_results(codecs, utterances=40, speakers=20)
    places = [row.place for row in summarize(results).rows]
    cells = collect_cells(results, ["pesq_wb"])
    assert best_anchor(cells, places, "pesq_wb", True) == CodecId("long", "default")
    single = [place for place in places if place.codec in ("single", "low")]
    assert best_anchor(cells, single, "pesq_wb", True) is None


def test_a_score_at_the_end_of_the_curve_has_no_interval() -> None:
    """The anchor's own lowest point, by another name."""
    results = made_results([ANCHOR], utterances=24, speakers=12)
    lowest = [row for row in results.scores if row.point == "2"]
    coded = [row for row in results.codings if row.point == "2"]
    twin = replace(
        results, codecs=(*results.codecs, replace(results.codecs[0], codec="single")),
        scores=(*results.scores, *(replace(row, codec="single") for row in lowest)),
        codings=(*results.codings, *(replace(row, codec="single") for row in coded)),
    )  # fmt: skip
    figure = equivalent(twin)
    assert figure.value == pytest.approx(2, rel=0.05)
    assert (figure.low, figure.high) == (None, None)
    assert "no interval" in str(figure.refusal)
