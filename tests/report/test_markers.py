from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

from made_runs import realistic

from codecbench.analysis import summarize
from codecbench.published import PESQBand, published
from codecbench.report.markers import published_markers


def test_markers_are_published_figures_in_range() -> None:
    summary = summarize(realistic())
    markers = published_markers(summary, published())
    assert markers
    known = {(figure.codec, figure.kbps, round(figure.value, 9)) for figure in published()}
    names = {series: codec for (codec, _), series in summary.series.items()}
    for one in markers:
        factor = 100 if one["metric"] == "wer" else 1
        assert (names[one["series"]], one["kbps"], round(one["value"] / factor, 9)) in known
        assert one["lines"][0].startswith("published, other data: ")
    assert not any("visqol" in one["metric"] for one in markers)


def test_pesq_of_another_band_is_not_drawn() -> None:
    figures = [one for one in published() if one.metric == "pesq" and one.codec in ("encodec", "dac")]
    bands: Mapping[PESQBand, int] = {"narrow": 0, "unknown": 0, "wide": len(figures)}
    for band, drawn in bands.items():
        changed = tuple(replace(one, kbps=6.0, source=replace(one.source, pesq_band=band)) for one in figures)
        assert len(published_markers(summarize(realistic()), changed)) == drawn


def test_weights_that_are_not_known_are_nobodys() -> None:
    lines = [one["lines"][0] for one in published_markers(summarize(realistic()), published())]
    assert any("version not named" in line for line in lines)
    assert not any("authors" in line for line in lines)
