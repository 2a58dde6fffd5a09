from __future__ import annotations

import re
from dataclasses import replace
from pathlib import Path

import pytest
from made_runs import MadeCodec, made_results, store_results

from codecbench.analysis import Findings, summarize
from codecbench.report import render_table, write_outputs
from codecbench.report.html import render_report
from codecbench.report.ladder import WIDTH, LadderTable, ladder_tables
from codecbench.store.rows import LadderRow, LadderRung, StoredResults

EVIL = '"><script>alert(1)</script><!--'
NAMES = ("stft", "wave", "odd", "none")


def rows(codec: str | None, rung: LadderRung, result: float | str, results: StoredResults) -> list[LadderRow]:
    """The same figure for every utterance; a text is the reason why the codec has no such part."""
    place = (codec, "default" if codec else None, rung)
    return [
        LadderRow(*place, row.id, "pesq_wb", "1", "none", result)
        if isinstance(result, str)
        else LadderRow(*place, row.id, "pesq_wb", "1", "ok", None, result, 1.0)
        for row in results.utterances
    ]


def made(reason: str = "the plugin has no method bypass") -> StoredResults:
    """Decoded at 2 everywhere: with a front end, without one, with a network that loses less than nothing, without."""
    results = made_results([MadeCodec(name, (3, 6)) for name in NAMES], metrics=["pesq_wb"], utterances=12)
    scores = tuple(replace(row, numerator=2.0, denominator=1.0) for row in results.scores)
    parts = {"stft": (4.5, 3.0), "wave": ("waveform", 3.5), "odd": (4.0, 4.7), "none": (reason, reason)}
    found = rows(None, "original", 4.6, results)
    for name, (front_end, network) in parts.items():
        found += rows(name, "front_end", front_end, results) + rows(name, "network", network, results)
    return replace(results, scores=scores, ladder=tuple(found))


def table() -> LadderTable:
    (found,) = ladder_tables(summarize(made()))
    return found


def test_every_step_is_printed() -> None:
    lines = {(line.name, line.point): line for line in table().lines}
    texts = [cell.text for cell in lines["stft", "3"].cells]
    assert texts == ["4.60", "0.10", "1.50", "1.00", "2.60", "2.00"]
    assert [cell.text for cell in lines["wave", "6"].cells] == ["4.60", "none", "1.10", "1.50", "2.60", "2.00"]
    assert lines["wave", "6"].cells[1].more == "waveform"
    assert [cell.text for cell in lines["odd", "6"].cells][1:4] == ["0.60", "-0.70", "2.70"]
    assert [cell.more for cell in lines["stft", "3"].cells] == [""] * 6, "all utterances are alike: no interval"
    assert (lines["stft", "3"].largest, lines["odd", "3"].largest) == ("network", "quantizer")
    assert lines["none", "3, 6"].reason == "the plugin has no method bypass"


def test_bars_go_down_the_ladder() -> None:
    found = table()
    lines = {line.name: line for line in found.lines}
    front_end, network, quantizer = lines["stft"].bars
    assert front_end.x == pytest.approx(found.zero, abs=0.1)
    assert network.x == pytest.approx(front_end.x + front_end.width, abs=0.2)
    assert quantizer.x + quantizer.width == pytest.approx(WIDTH, abs=0.2)  # all lose as much in total
    assert [bar.gain for bar in lines["odd"].bars] == [False, True, False]
    assert found.zero > 0  # one ends above the perfect score
    assert [bar.part for bar in lines["wave"].bars] == ["network", "quantizer"]
    assert lines["none"].bars == ()
    for line in found.lines:
        assert all(bar.x >= 0 and bar.x + bar.width <= WIDTH + 0.1 for bar in line.bars)


def test_it_is_in_the_report_and_the_terminal_tells(tmp_path: Path) -> None:
    summary = summarize(made())
    text = render_report(Findings(made()), tmp_path, tmp_path / "report.html").read_text()
    section = text.partition('id="ladder"')[2].partition("</section>")[0]
    assert section.count("<svg") == 6  # three codecs, two points
    assert "n/a: the plugin has no method bypass" in section
    assert '<td class="largest">1.50</td>' in re.sub(r' title="[^"]*"', "", section)
    assert "Where the loss comes from" in render_table(summary, 100)


def test_without_a_ladder_there_is_no_section(tmp_path: Path) -> None:
    summary = summarize(made_results())
    text = render_report(Findings(made_results()), tmp_path, tmp_path / "report.html").read_text()
    assert 'id="ladder"' not in text
    assert "#ladder" not in text
    assert "Where the loss comes from" not in render_table(summary, 100)


def test_a_strangers_reason_stays_text(tmp_path: Path) -> None:
    results = made(EVIL)
    text = render_report(Findings(results), tmp_path, tmp_path / "report.html").read_text()
    assert "<script>alert" not in text
    assert "&lt;script&gt;alert" in text


def test_a_failed_rung_is_listed_without_a_point(tmp_path: Path) -> None:
    results = made()
    broken = [
        replace(row, status="failed", reason="bypass raised", numerator=None)
        if (row.codec, row.rung) == ("stft", "network")
        else row
        for row in results.ladder
    ]
    findings = Findings(replace(results, ladder=tuple(broken)))
    assert "failed ladder, network, 12 cells of stft: bypass raised" in render_table(findings.summary, 200)
    text = render_report(findings, tmp_path, tmp_path / "report.html").read_text()
    assert re.search(r'<td class="text">ladder, network</td><td>12</td><td class="text">stft</td>', text)
    assert "the score before it is not known" in text


def test_it_comes_back_from_the_store(tmp_path: Path) -> None:
    results = made()
    folder = store_results(results, tmp_path / "run")
    assert write_outputs(folder).ladder == summarize(results).ladder
