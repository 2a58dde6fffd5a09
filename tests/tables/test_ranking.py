"""What is marked as best, and what must not be."""

from __future__ import annotations

import re
from dataclasses import replace
from pathlib import Path

import pytest
from made_runs import MadeCodec, made_results

from codecbench.analysis import Findings, summarize
from codecbench.analysis.side_by_side import like_groups
from codecbench.analysis.verdict import judge_rates
from codecbench.report.html import render_report
from codecbench.store.rows import StoredResults
from codecbench.tables import Table, build_table
from codecbench.tables.columns import all_columns


def table_of(results: StoredResults, ids: tuple[str, ...] = ("pesq_wb", "si_sdr", "delay_ms", "rtf_encode")) -> Table:
    summary = summarize(results)
    known = all_columns(summary)
    return build_table(Findings(results), [known[name] for name in ids])


def marks(table: Table, column: str) -> dict[tuple[str, str], str | None]:
    index = [one.id for one in table.columns].index(column)
    return {(row.codec, row.point): row.cells[index].mark for row in table.rows}


def test_a_clear_winner_at_the_same_bitrate() -> None:
    table = table_of(made_results([MadeCodec("good", (6,), 0.8), MadeCodec("bad", (6,), 0.3)]))
    for column in ("pesq_wb", "si_sdr"):
        assert marks(table, column) == {("good", "6"): "best", ("bad", "6"): "second"}
    assert set(marks(table, "delay_ms").values()) == {None}  # no better side
    assert set(marks(table, "rtf_encode").values()) == {None}  # one measurement, no utterances
    assert table.comparison is not None
    assert "max-T" in table.comparison.text
    assert "false discovery rate" in table.comparison.text


def test_a_tie_has_no_winner() -> None:
    table = table_of(made_results([MadeCodec("one", (6,), 0.5), MadeCodec("other", (6,), 0.5)]), ("pesq_wb",))
    assert set(marks(table, "pesq_wb").values()) == {None}
    assert table.comparison is not None
    assert table.comparison.text.startswith("No best is marked")


def test_another_bitrate_is_no_rival() -> None:
    table = table_of(made_results([MadeCodec("good", (24,), 0.8), MadeCodec("bad", (1,), 0.3)]))
    assert set(marks(table, "pesq_wb").values()) == {None}
    assert table.comparison is not None
    assert "no two codecs" in table.comparison.text


def test_no_codec_is_better_than_itself() -> None:
    table = table_of(made_results([MadeCodec("two", (5.5, 6), 0.8), MadeCodec("other", (1,), 0.3)]), ("pesq_wb",))
    assert set(marks(table, "pesq_wb").values()) == {None}
    table = table_of(made_results([MadeCodec("two", (5.5, 6), 0.8), MadeCodec("other", (6,), 0.3)]), ("pesq_wb",))
    assert marks(table, "pesq_wb")["other", "6"] == "second"
    assert sorted(str(marks(table, "pesq_wb")["two", rate]) for rate in ("5.5", "6")) == ["None", "best"]


def test_few_speakers_prove_nothing_and_the_note_says_that_they_cannot() -> None:
    codecs = [MadeCodec("good", (6,), 0.8), MadeCodec("bad", (6,), 0.3)]
    table = table_of(made_results(codecs, speakers=1, metrics=["pesq_wb", "si_sdr"]), ("pesq_wb", "si_sdr"))
    assert set(marks(table, "pesq_wb").values()) == set(marks(table, "si_sdr").values()) == {None}
    assert table.comparison is not None
    assert table.comparison.text == (
        "No best is marked: with so few independent speakers nothing can be shown of pesq_wb (8 are needed) and "
        "si_sdr (6 are needed)."
    )


def test_of_some_metrics_something_can_be_shown_and_of_others_not() -> None:
    codecs = [MadeCodec("good", (6,), 0.8), MadeCodec("bad", (6,), 0.3)]
    table = table_of(made_results(codecs, speakers=7, metrics=["pesq_wb", "si_sdr"]), ("pesq_wb", "si_sdr"))
    assert set(marks(table, "pesq_wb").values()) == {None}
    assert set(marks(table, "si_sdr").values()) == {"best", "second"}
    assert table.comparison is not None
    assert "max-T" not in table.comparison.text
    assert "false discovery rate over 1 test of the other metrics" in table.comparison.text
    assert table.comparison.text.endswith(
        "Costs are not compared. With so few independent speakers nothing can be shown of pesq_wb (8 are needed)."
    )


def test_what_is_printed_does_not_change_what_is_proven() -> None:
    results = made_results([MadeCodec("good", (6,), 0.7), MadeCodec("bad", (6,), 0.5), MadeCodec("third", (6,), 0.45)])
    assert marks(table_of(results), "si_sdr") == marks(table_of(results, ("si_sdr",)), "si_sdr")


@pytest.mark.parametrize("group_by", ["codec", "bitrate"])
def test_groups_span_fifteen_per_cent(group_by: str) -> None:
    summary = summarize(made_results([MadeCodec("a", (6, 6.5, 12)), MadeCodec("b", (5.5, 6.4, 12.5))]))
    groups = [[row.nominal_kbps for row in group] for group in like_groups(summary.rows)]
    assert groups == [[5.5, 6], [6.4, 6.5], [12, 12.5]]


def test_marks_of_a_metric_are_its_own(tmp_path: Path) -> None:
    """Two runs with equal scores but for the words: bold faces and verdict differ where words do, and nowhere else."""
    codecs = [MadeCodec("good", (6,), 0.5), MadeCodec("fair", (6,), 0.46), MadeCodec("poor", (6,), 0.45)]
    here = made_results(codecs, utterances=24, speakers=12)
    wild = made_results([replace(one, quality=1 - one.quality / 2) for one in codecs], utterances=24, speakers=12)
    words = tuple(row for row in wild.scores if row.metric == "wer")
    there = replace(here, scores=(*(row for row in here.scores if row.metric != "wer"), *words))
    tables = [table_of(run, ("pesq_wb", "estoi", "speaker_similarity", "wer")) for run in (here, there)]
    assert "best" in marks(tables[0], "estoi").values()
    for metric in ("pesq_wb", "estoi", "speaker_similarity"):
        assert marks(tables[0], metric) == marks(tables[1], metric)
    assert tables[0].rows[0].cells[3].text != tables[1].rows[0].cells[3].text
    outcomes = [
        [(one.outcome, [row.codec for row in one.front], one.lead) for one in verdict.metrics if one.metric != "wer"]
        for run in (here, there)
        for verdict in judge_rates(summarize(run), Findings(run).rivals)
    ]
    assert outcomes[0] == outcomes[1]
    pages = [render_report(Findings(run), tmp_path, tmp_path / "r.html", "none").read_text() for run in (here, there)]
    first, second = map(_standings, pages)
    assert first.keys() == second.keys() == {"good", "fair", "poor"}
    for name, cells in first.items():
        assert [*cells[:2], cells[3]] == [*second[name][:2], second[name][3]]


def _standings(page: str) -> dict[str, list[str]]:
    """Of each codec in the verdict's table its cells: PESQ-WB, ESTOI, WER, similarity, costs."""
    table = page.partition('<table class="standing')[2].partition("</table>")[0]
    rows = table.partition("<tbody>")[2].split("<tr>")[1:]
    return {re.findall(r"</span>(\w+) <span", row)[0]: re.findall(r"<td.*?</td>", row) for row in rows}
