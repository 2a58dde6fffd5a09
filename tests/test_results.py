"""Results from Python: what the verbs of the command line print, from the same functions."""

from __future__ import annotations

import csv
import io
from dataclasses import replace
from pathlib import Path

import pytest
from made_papers import own_papers
from made_runs import MadeCodec, made_results, realistic, store_results, with_card
from running import in_process

import codecbench
from codecbench.errors import UsageError


@pytest.fixture(scope="module")
def run(tmp_path_factory: pytest.TempPathFactory) -> Path:
    results = realistic(8)
    return store_results(replace(results, meta={**results.meta, "request": {}}), tmp_path_factory.mktemp("r") / "run")


def columns(text: str) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(text)))


def test_tables_are_those_of_the_command_line(run: Path) -> None:
    results = codecbench.open_run(run).select(["opus", "encodec"], "6-12").styled({"encodec": "EnCodec"})
    mine = results.table("csv", columns=["pesq_wb", "rtf", "params"], mark="best")
    told = in_process("table", run, "--format", "csv", "--codecs", "opus,encodec", "--bitrates", "6-12", "--columns",
                      "pesq_wb,rtf,params", "--mark", "best", "--rename", "encodec=EnCodec")  # fmt: skip
    assert told.returncode == 0, told.stderr
    assert told.stdout == mine
    assert {row["codec"] for row in columns(mine)} == {"opus", "encodec"}


def test_rtf_is_a_sum_with_its_ends_and_intervals_have_theirs(run: Path) -> None:
    rows = columns(codecbench.open_run(run).table("csv", columns=["pesq_wb", "rtf", "rtf_encode", "rtf_decode"]))
    known = [row for row in rows if row["rtf_value"] and row["pesq_wb_interval"]]
    assert known
    for row in known:
        both = float(row["rtf_encode_value"]) + float(row["rtf_decode_value"])
        assert float(row["rtf_value"]) == pytest.approx(both)
        assert float(row["pesq_wb_low"]) < float(row["pesq_wb_value"]) < float(row["pesq_wb_high"])


def test_marks_of_the_best_figure_are_not_called_tested(run: Path) -> None:
    results = codecbench.open_run(run)
    best = results.table("markdown", columns=["pesq_wb"], mark="best")
    assert best.count("**") >= 2
    assert "whether they differ by more than chance was not tested" in best
    assert "adjusted p" not in best
    assert "adjusted p" in results.table("markdown", columns=["pesq_wb"])


def test_notes_are_full_short_or_none(run: Path) -> None:
    made = {notes: codecbench.open_run(run).table("markdown", notes=notes) for notes in ("full", "short", "none")}
    lines = {notes: [line for line in text.splitlines() if line.startswith("- ")] for notes, text in made.items()}
    assert len(lines["full"]) > len(lines["short"]) > len(lines["none"]) == 0
    assert any("8 utterances" in line for line in lines["short"])
    assert any("n/a: not measured, or not applicable" in line for line in lines["short"])
    assert not any(line.startswith("- No ") and "report" not in line for line in lines["short"])
    bare = in_process("table", run, "--notes", "none", "--columns", "stoi").stdout
    assert len(bare.splitlines()) == 3 + len(codecbench.open_run(run).summary().rows)  # two headings and a rule


def test_a_reports_table_has_the_marks_and_notes_that_were_asked_for(run: Path, tmp_path: Path) -> None:
    results = codecbench.open_run(run)
    pages = {
        notes: results.report(tmp_path / f"{notes}.html", audio="none", mark="best", notes=notes).read_text()
        for notes in ("full", "none")
    }
    assert "whether they differ by more than chance was not tested" in pages["full"]
    assert '<ul class="table-notes"></ul>' in pages["none"]
    assert 'class="best"' in pages["none"]


def test_other_primary_metrics_come_first_and_are_tested(run: Path) -> None:
    results = codecbench.open_run(run).styled(primary=["si_sdr", "stoi"])
    assert results.summary().metric_order()[:2] == ["si_sdr", "stoi"]
    assert results.findings().rivals.metrics == ("si_sdr", "stoi")
    head = results.table("csv").splitlines()[0].split(",")
    assert [name for name in head if name in ("si_sdr", "stoi", "pesq_wb")] == ["si_sdr", "stoi"]
    with pytest.raises(UsageError, match="no such metric; possible: pesq_wb"):
        codecbench.open_run(run).styled(primary=["visqol"]).summary()
    with pytest.raises(UsageError, match="--primary delay_ms: it has no better side"):
        codecbench.open_run(run).styled(primary="delay_ms").summary()
    with pytest.raises(UsageError, match="5 metrics; at most 4"):
        codecbench.open_run(run).styled(primary=["pesq_wb", "stoi", "estoi", "si_sdr", "wer"]).summary()


def test_codecs_that_only_papers_have_stand_in_table_plot_and_report(run: Path, tmp_path: Path) -> None:
    papers = own_papers(tmp_path)
    results = codecbench.open_run(run).styled({"wavtokenizer": "WavTokenizer"})
    table = results.table("markdown", columns=["pesq_wb", "stoi"], published=papers)
    assert "| WavTokenizer \\[" in table
    assert "A paper, 2025, table 1" in table
    chart = results.chart(metric="stoi", published=papers)
    (panel,) = chart.panels
    marks = {curve.name: curve for curve in panel.published}
    assert (marks["WavTokenizer"].points[0].x, marks["WavTokenizer"].points[0].y) == (0.9, 0.92)
    assert marks["opus"].points[0].x == 2.0  # outside of the run's rates, but asked for
    looks = {(curve.look.colour, curve.look.marker, curve.look.dash) for curve in panel.curves}
    mine = marks["WavTokenizer"].look
    assert (mine.colour, mine.marker, mine.dash) not in looks
    page = results.report(tmp_path / "r.html", audio="none", published=papers).read_text()
    assert "published, other data: WavTokenizer (large) at 0.9 kbps" in page
    told = in_process("table", run, "--columns", "pesq_wb,stoi", "--published", papers)
    assert "wavtokenizer [" in told.stdout


def test_a_paper_of_the_same_id_goes_before_the_shipped_one(run: Path, tmp_path: Path) -> None:
    papers = own_papers(tmp_path)
    papers.write_text(papers.read_text().replace("tokenizer-paper", "discrete-audio-tokens"))
    table = codecbench.open_run(run).table("markdown", columns=["pesq_wb", "stoi"], published=papers)
    assert "More Than a Survey" not in table
    assert "A paper, 2025, table 1" in table


def test_two_runs_share_a_report_with_the_audio_of_both(run: Path, tmp_path: Path) -> None:
    results = made_results([MadeCodec("mine", (3, 6))], utterances=8, meta={"request": {}})
    other = store_results(with_card(results, "cer", version="9"), tmp_path / "mine")
    both = codecbench.open_run(run, other)
    page = both.report(tmp_path / "both.html", audio="none").read_text()
    assert "cer left out, for the runs did not measure alike" in page
    assert '"mine"' in page
    with pytest.raises(UsageError, match=r"a report of several runs does not belong .* give --out FILE"):
        both.report()
    with pytest.raises(UsageError, match="cannot share a table: metric cer has version"):
        both.table(columns=["cer"])
    assert "mine" in both.table(columns=["stoi"])
    told = in_process("report", run, other, "--out", tmp_path / "cli.html", "--audio", "none")
    assert told.returncode == 0, told.stderr


def test_a_part_of_a_run_does_not_replace_its_report(run: Path) -> None:
    with pytest.raises(UsageError, match="a report of a part of a run does not belong into"):
        codecbench.open_run(run).select(["opus"]).report()


@pytest.mark.parametrize("verb", ["table", "plot", "report"])
@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["--published", "figures"], "--published 'figures': expected FILE.toml, or nothing: then put --published"),
        (["--published", "none.toml"], "'none.toml' cannot be read"),
        (["--codecs", "opsu"], "the run has no codec 'opsu'; it has: "),
        (["--bitrates", "77"], "has a bitrate near 77"),
    ],
)
def test_mistakes_are_one_line(run: Path, tmp_path: Path, verb: str, arguments: list[str], message: str) -> None:
    out = tmp_path / {"table": "a.txt", "plot": "a.svg", "report": "a.html"}[verb]
    result = in_process(verb, run, "--out", out, *arguments)
    assert result.returncode == 2, result.stdout
    assert message in result.stderr
    assert len(result.stderr.splitlines()) == 1
