from __future__ import annotations

from dataclasses import replace

import pytest
from made_runs import MadeCodec, made_results, realistic

from codecbench.analysis import summarize
from codecbench.analysis.hallucination import NullFloor
from codecbench.analysis.summary import Summary
from codecbench.api import UsageError
from codecbench.plots.curves import cost_quality, hallucination, rate_quality
from codecbench.printing.figures import Style
from codecbench.published import PublishedFigure, PublishedSource
from codecbench.store.facts import MetricFacts

SOURCE = PublishedSource("paper", "A paper", "https://example.org", "LibriSpeech", "as is", "as is", False, "wide")


@pytest.fixture(scope="module")
def summary() -> Summary:
    return summarize(realistic(16))


def test_every_point_is_the_summarys(summary: Summary) -> None:
    (panel,) = rate_quality(summary, "wer").panels
    assert panel.y_title == "WER (%) ↓"
    drawn = {(curve.name, point.label): point for curve in panel.curves for point in curve.points}
    factor = Style.of(summary.metrics["wer"]).factor
    assert factor == 100.0
    for row in summary.rows:
        point, score = drawn.pop((row.codec_id.name, row.point)), row.scores["wer"]
        assert point.x == row.rate.measured_kbps
        assert score.mean is not None
        assert point.y == score.mean * factor
        assert point.low == (None if score.low is None else score.low * factor)
    assert not drawn
    assert panel.line is not None
    assert panel.line.text == "originals"


def test_a_codec_keeps_its_look_among_fewer(summary: Summary) -> None:
    fewer = replace(summary, rows=tuple(row for row in summary.rows if row.codec == "dac"))
    (curve,) = rate_quality(fewer, "stoi").panels[0].curves
    assert curve.series == summary.series["dac", "reference"]
    turned = replace(summary, codecs=summary.codecs[::-1])
    assert {c.name: c.series for c in rate_quality(turned, "stoi").panels[0].curves} == {
        c.name: c.series for c in rate_quality(summary, "stoi").panels[0].curves
    }


def test_costs_are_sums_of_what_is_known_and_the_rest_is_named(summary: Summary) -> None:
    chart = cost_quality(summary, "estoi", "macs")
    curves = {curve.name: curve for curve in chart.panels[0].curves}
    assert curves["encodec (reference)"].points[0].x == pytest.approx(1.49e9 + 7.8e7 + 1.49e9)
    assert "opus" not in curves
    assert "Not drawn: pcm; opus; codec2 (not on the codec's card; --cost full measures it)." in chart.notes
    latency = cost_quality(summary, "estoi", "latency")
    assert "Not drawn: ladiff (needs the whole utterance)." in latency.notes


def test_speed_needs_both_directions(summary: Summary) -> None:
    curves = cost_quality(summary, "estoi", "rtf").panels[0].curves
    opus = next(curve for curve in curves if curve.name == "opus")
    assert [point.label for point in opus.points] == ["6", "32"]
    assert opus.points[0].x == pytest.approx((0.002 + 0.03 * 0.32) * 1.5)


def test_published_figures_are_of_drawn_codecs_rates_and_bands(summary: Summary) -> None:
    narrow = replace(SOURCE, id="other", pesq_band="unknown", reference="Another")
    figures = (
        PublishedFigure("encodec", "facebook-24khz", 6.0, "pesq", 2.77, SOURCE),
        PublishedFigure("encodec", "facebook-24khz", 600.0, "pesq", 4.0, SOURCE),
        PublishedFigure("encodec", "facebook-24khz", 6.0, "pesq", 3.9, narrow),
        PublishedFigure("encodec", "facebook-24khz", 6.0, "stoi", 0.94, SOURCE),
        PublishedFigure("unheard-of", None, 6.0, "pesq", 2.0, SOURCE),
    )
    chart = rate_quality(summary, "pesq_wb", figures)
    (mark,) = chart.panels[0].published
    assert (mark.name, mark.points[0].x, mark.points[0].y) == ("encodec:facebook-24khz", 6.0, 2.77)
    assert [note for note in chart.notes if note.startswith("Hollow: published, on other data: A paper")]
    assert "Published, other convention, not drawn: PESQ (band unknown) of Another." in chart.notes


def test_published_figures_of_a_codec_that_is_not_drawn_stay_out() -> None:
    silent = {f"utt-{i:02d}": "died" for i in range(1, 8)}
    codecs = [MadeCodec("opus", (6, 12)), MadeCodec("encodec", (6,), fails=silent)]
    found = made_results(codecs, metrics=["pesq_wb"], utterances=8, abstained={("pesq_wb", "utt-00"): "silence"})
    summary = summarize(found)
    assert {row.codec for row in summary.rows} == {"opus", "encodec"}
    figures = (PublishedFigure("encodec", "facebook-24khz", 6.0, "pesq", 2.77, SOURCE),)
    panel = rate_quality(summary, "pesq_wb", figures).panels[0]
    assert [curve.name for curve in panel.curves] == ["opus"]
    assert panel.published == ()


def test_hallucination_has_its_null_floor() -> None:
    metrics = {"wer": "ci_wer", "cer": "hallucinated_wer"}
    found = made_results(metrics=["wer", "cer"], utterances=12)
    found = replace(
        found,
        metrics={new: MetricFacts.from_json(new, found.metrics[old].stored) for old, new in metrics.items()},
        scores=tuple(replace(row, metric=metrics[row.metric], detail={}) for row in found.scores),
    )
    summary = replace(summarize(found), null_floor=NullFloor(0.01, cases=8))
    chart = hallucination(summary)
    assert [panel.y_title for panel in chart.panels] == ["CI-WER (%) ↓", "H-WER (%) ↓"]
    assert chart.panels[0].line is not None
    assert chart.panels[0].line.y == 1.0
    assert chart.panels[1].line is None


@pytest.mark.parametrize(
    ("metric", "message"),
    [("visqol", r"this run has no metric 'visqol'; it has: pesq_wb, estoi, "), ("ci_wer", "no metric 'ci_wer'")],
)
def test_an_unknown_metric_names_those_there_are(summary: Summary, metric: str, message: str) -> None:
    with pytest.raises(UsageError, match=message):
        rate_quality(summary, metric)


def test_a_run_without_figures_says_why() -> None:
    silent = {("pesq_wb", f"utt-{i:02d}"): "the original is silent" for i in range(8)}
    summary = summarize(made_results(metrics=["pesq_wb"], utterances=8, abstained=silent))
    with pytest.raises(UsageError, match=r"no codec of this run has a figure of pesq_wb \(.*the original is silent\)"):
        rate_quality(summary, "pesq_wb")
    failed = MadeCodec("opus", (6,), fails={f"utt-{i:02d}": "died" for i in range(8)})
    with pytest.raises(UsageError, match="nothing to draw"):
        rate_quality(summarize(made_results([failed], metrics=["pesq_wb"], utterances=8)), "pesq_wb")
