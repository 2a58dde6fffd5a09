from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest
from made_runs import made_results, realistic, with_card

from codecbench.analysis import Findings
from codecbench.controls.sensitivity.record import Record, built_in_record, dumps
from codecbench.report.html import render_report
from codecbench.report.page import Page
from codecbench.report.sensitivity import section
from codecbench.store.rows import StoredResults

HEARD = {"id": "whisper-tiny.en", "version": "3", "parameters": {"beam": 5}}


def page(folder: Path, results: StoredResults | None = None) -> Page:
    found = realistic(8) if results is None else results
    found = replace(found, meta={**found.meta, "recognizer": HEARD})
    if "wer" in found.metrics:
        found = with_card(found, "wer", version="2")
    return Page(Findings(found), folder, "none")


def test_the_runs_metrics_are_shown_with_their_verdicts(tmp_path: Path) -> None:
    content = section(page(tmp_path))
    assert content is not None
    columns = [column.metric for column in content.values["columns"]]
    assert columns[:3] == ["pesq_wb", "estoi", "wer"]
    rows = {row.title: row.cells for _, rows in content.values["groups"] for row in rows}
    late = dict(zip(columns, rows["8 samples (0.5 ms) late"], strict=True))
    assert (late["pesq_wb"].verdict, late["delay_ms"].verdict) == ("blind", "sees")
    assert late["delay_ms"].text == "+0.50"
    assert late["delay_ms"].note.endswith("8 of 8 clips beyond those")


def test_blindness_is_told_in_words(tmp_path: Path) -> None:
    content = section(page(tmp_path))
    assert content is not None
    told = {one.title: one for one in content.values["blindnesses"]}
    polarity = told["polarity inverted"]
    assert "pesq_wb" in polarity.blind
    assert polarity.matters.startswith("Nobody hears it")
    assert "low-pass at 2 kHz" not in told  # every leading metric sees it


def test_other_versions_and_recognizers_are_not_tried(tmp_path: Path) -> None:
    found = made_results(metrics=["pesq_wb", "estoi", "wer"], utterances=8)
    found = with_card(with_card(found, "estoi", version="9"), "wer", version="2")
    content = section(Page(Findings(found), tmp_path, "none"))
    assert content is not None
    assert [column.metric for column in content.values["columns"]] == ["pesq_wb"]
    reasons = dict(content.values["unmeasured"])
    assert reasons["estoi"] == "version 1 was measured, this run has 9"
    assert reasons["wer"] == "measured with whisper-tiny.en 3, this run has whisper-tiny.en 1"


@pytest.mark.parametrize("name", ["sensitivity.json", "court.json"])
def test_a_record_in_the_runs_folder_counts_first(tmp_path: Path, name: str) -> None:
    committed = built_in_record()
    outsider = replace(committed.metrics["pesq_wb"], metric="stoi", version="1")
    record = Record(0, committed.datasets, committed.recognizer, {"stoi": outsider})
    (tmp_path / name).write_text(dumps(record))
    content = section(page(tmp_path))
    assert content is not None
    index = [column.metric for column in content.values["columns"]].index("stoi")
    hum = next(row for _, rows in content.values["groups"] for row in rows if row.title.startswith("hum"))
    assert hum.cells[index].note.startswith("stoi, hum of 50 Hz, 30 dB below the speech: sees; mean change −0.8")


@pytest.mark.parametrize("metrics", [["pesq_wb"], ["si_sdr", "cer"]])
def test_it_is_rendered_in_the_report(tmp_path: Path, metrics: list[str]) -> None:
    found = page(tmp_path, made_results(metrics=metrics, utterances=8))
    text = render_report(found.findings, tmp_path, tmp_path / "report.html", "none").read_text()
    assert "What the metrics see" in text
    assert "scored as this run scores codecs" in text


def test_a_bad_record_does_not_cost_the_report(tmp_path: Path) -> None:
    (tmp_path / "sensitivity.json").write_text("<script>alert(1)</script>")
    found = page(tmp_path)
    text = render_report(found.findings, tmp_path, tmp_path / "report.html", "none").read_text()
    assert "is not a sensitivity record" in text
    assert "<script>alert" not in text


def test_metrics_that_nobody_tried(tmp_path: Path) -> None:
    found = made_results(metrics=["pesq_wb"], utterances=8)
    card = replace(found.metrics["pesq_wb"], id="mine")
    scores = tuple(replace(row, metric="mine") for row in found.scores)
    assert section(page(tmp_path, replace(found, metrics={"mine": card}, scores=scores))) is None
