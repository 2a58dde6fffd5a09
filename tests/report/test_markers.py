from __future__ import annotations

from dataclasses import replace

import pytest
from made_runs import realistic

from codecbench.analysis import summarize
from codecbench.published import published
from codecbench.report.markers import published_markers


def test_markers_are_published_figures_in_range() -> None:
    summary = summarize(realistic())
    markers = published_markers(summary)
    assert markers
    known = {(figure.codec, figure.kbps, round(figure.value, 9)) for figure in published()}
    names = {series: codec for (codec, _), series in summary.series.items()}
    for one in markers:
        factor = 100 if one["metric"] == "wer" else 1
        assert (names[one["series"]], one["kbps"], round(one["value"] / factor, 9)) in known
        assert one["lines"][0].startswith("published, other data: ")
        if one["metric"] == "pesq_wb":
            assert "(band not stated)" in one["lines"][1]
    assert not any("visqol" in one["metric"] for one in markers)


def test_narrow_band_pesq_is_not_drawn(monkeypatch: pytest.MonkeyPatch) -> None:
    figures = [one for one in published() if one.metric == "pesq" and one.codec in ("encodec", "dac")]
    for convention, drawn in (("PESQ narrow band", 0), ("PESQ wide band", len(figures))):
        changed = tuple(replace(one, kbps=6.0, source=replace(one.source, convention=convention)) for one in figures)
        monkeypatch.setattr("codecbench.report.markers.published", lambda changed=changed: changed)
        found = published_markers(summarize(realistic()))
        assert len(found) == drawn
        assert not any("band not stated" in one["lines"][1] for one in found)
