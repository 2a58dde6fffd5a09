"""BD matrix, breakdown, fronts and published markers: what stands in the page is what was computed."""

from __future__ import annotations

import json
import re
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from made_runs import MadeCodec, made_results, realistic

from codecbench.analysis import Findings, summarize
from codecbench.analysis.cells import collect_cells
from codecbench.analysis.summary import Summary
from codecbench.published import published
from codecbench.report import bd, breakdown
from codecbench.report.markers import published_markers
from codecbench.report.page import Page
from codecbench.report.pareto import front_marks, front_texts
from codecbench.store.rows import Results


def page(results: Results) -> Page:
    return Page(Findings(results), Path())


def test_default_lines_are_those_of_the_script() -> None:
    content = bd.section(page(realistic()))
    assert content is not None
    data = content.data
    shown = data["lines"][content.values["metric"]][data["anchor"]]
    for line, (series, *texts) in zip(content.values["lines"], shown, strict=True):
        expected = [line.rate.text, line.rate.more, line.quality.text, line.quality.more]
        assert [data["texts"][index] for index in texts] == expected
        assert data["series"][series] == line.name


def test_the_anchor_first_shown_has_codecs_to_compare_in_rate_and_quality() -> None:
    near = [MadeCodec(name, (1, 2, 4, 6, 8), quality) for name, quality in (("good", 0.7), ("poor", 0.6))]
    content = bd.section(page(made_results([MadeCodec("pcm", (96, 128, 160, 192, 256), -0.55), *near])))
    assert content is not None
    by_pcm = content.data["lines"][content.values["metric"]][content.data["anchors"].index("pcm")]
    texts = content.data["texts"]
    assert [(texts[rate] != "n/a", texts[quality]) for _, rate, _, quality, _ in by_pcm] == [(True, "n/a")] * 2
    assert content.values["anchor"] == "good"
    assert any(line.rate.text != "n/a" and line.quality.text != "n/a" for line in content.values["lines"])


def test_every_pair_has_a_figure_or_a_reason() -> None:
    content = bd.section(page(realistic()))
    assert content is not None
    texts = content.data["texts"]
    for anchors in content.data["lines"].values():
        for lines in anchors:
            assert len(lines) == len(content.data["anchors"]) - 1
            for _, rate, more, quality, why in lines:
                assert texts[rate] != "n/a" or texts[more]
                assert texts[quality] != "n/a" or texts[why]


def test_twelve_codecs_stay_small() -> None:
    codecs = [MadeCodec(f"codec{i}", (1, 2, 4, 6, 8, 12), 0.3 + 0.03 * i) for i in range(12)]
    results = made_results(codecs, utterances=24, speakers=12)
    for section in (bd.section, breakdown.section):
        content = section(page(results))
        assert content is not None
        assert len(json.dumps(content.data)) < 150_000


@pytest.mark.parametrize("section", [bd.section, breakdown.section])
def test_nothing_to_say(section: Any) -> None:
    dead = made_results([MadeCodec("dead", (6,), fails={f"utt-{i:02d}": "it raised" for i in range(24)})])
    assert section(page(dead)) is None
    assert section(page(made_results([MadeCodec("a", (6,)), MadeCodec("b", (6,))], metrics=["delay_ms"]))) is None


def test_one_codec_has_no_matrix() -> None:
    assert bd.section(page(made_results([MadeCodec("a", (6,))]))) is None


def test_utterances_that_are_all_alike_have_no_interval() -> None:
    results = made_results([MadeCodec("opus", (6,))], utterances=12, metrics=["wer"])
    results = replace(results, scores=tuple(replace(row, numerator=0.0) for row in results.scores))
    content = breakdown.section(page(results))
    assert content is not None
    cells = [cell for line in content.values["lines"] for cell in line.cells]
    assert {cell.text for cell in cells} == {"0.0"}
    assert {cell.more for cell in cells} == {""}


def test_breakdown_by_hand() -> None:
    results = made_results([MadeCodec("opus", (6,))], utterances=12, speakers=12)
    people = [replace(row, sex="FM"[i % 2]) for i, row in enumerate(results.utterances)]
    results = replace(results, utterances=(replace(people[0], speaker=""), *people[1:]))
    content = breakdown.section(page(results))
    assert content is not None
    women = next(line for line in content.values["lines"] if line.title == "F")
    cells = collect_cells(results, ["pesq_wb"])
    scores = next(iter(cells.scores.values()))["pesq_wb"]
    mean = sum(scores[f"utt-{i:02d}"].numerator for i in range(0, 12, 2)) / 6
    assert women.cells[0].text == f"{mean:.2f}"
    assert women.cells[0].more.endswith("*")
    assert content.values["speakers"][-1].title == "not known"
    assert [one.by for one in content.values["absent"]] == ["level"]
    assert all(group.count("|") == 3 for group in content.data["cells"][0])


def codecs() -> Summary:
    return summarize(realistic())


def test_markers_are_published_figures_in_range() -> None:
    summary = codecs()
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
        found = published_markers(codecs())
        assert len(found) == drawn
        assert not any("band not stated" in one["lines"][1] for one in found)


def test_fronts_say_what_is_drawn() -> None:
    results = made_results(
        [MadeCodec("good", (6,), 0.8, card={"parameters": 10}), MadeCodec("poor", (6,), 0.2, card={"parameters": 20}),
         MadeCodec("far", (24,), 0.5, card={"parameters": 20}), MadeCodec("blank", (6,), 0.5)],
        utterances=40, speakers=20,
    )  # fmt: skip
    summary = summarize(results)
    rivals = Findings(results).rivals
    texts = {one.key: one.text for one in front_texts(summary, rivals)}
    assert texts["pesq_wb/parameters"] == (
        "Not dominated: good at 6. Dominated: poor at 6 (by good at 6). No other codec at like bitrate: far at 24. "
        "Cost not known: blank at 6."
    )
    assert front_marks(summary, rivals)["pesq_wb/parameters"] == {"10 6": "", "11 6": "good at 6"}
    assert all(re.fullmatch(r"\w+/\w+", key) for key in texts)
