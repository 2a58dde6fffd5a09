from __future__ import annotations

from dataclasses import replace

import pytest
from made_runs import MadeCodec, made_results

from codecbench.analysis import summarize
from codecbench.analysis.scores import MetricSummary
from codecbench.printing.figures import Style
from codecbench.tables.build import plain_table
from codecbench.tables.columns import COSTS, all_columns, cell, spread
from codecbench.tables.notes import with_notes

MOS = Style(1.0, 2, "MOS")


def score(mean: float | None, low: float | None, high: float | None, method: str = "bootstrap-t") -> MetricSummary:
    return MetricSummary(mean, low, high, 4, 0, 0, 0, 4, 4, method=method)


@pytest.mark.parametrize(("found", "text"), [
    (score(2.5, 2.4, 2.6), "±0.10"),
    (score(2.5, 2.4, 2.605), "±0.10"),  # lopsided by less than a printed digit
    (score(2.5, 2.45, 2.7), "[2.45, 2.70]"),
    (score(2.5, None, None), ""),
    (score(None, 2.4, 2.6), ""),
    (score(0.0, 0.0, 0.0, "constant"), ""),
])  # fmt: skip
def test_one_sign_where_both_sides_are_alike_else_both_ends(found: MetricSummary, text: str) -> None:
    assert spread(found, MOS) == text


def test_every_column_has_a_cell_and_what_is_not_there_has_a_reason() -> None:
    summary = summarize(made_results([MadeCodec("opus", (6,), card={"parameters": 1000})], utterances=4))
    (row,) = summary.rows
    cells = {name: cell(summary, row, column) for name, column in all_columns(summary).items()}
    assert set(COSTS) | set(summary.metrics) <= set(cells)
    assert cells["parameters"].text == "1.00 k"
    assert cells["track"].text == "none"
    assert all(found.reason for found in cells.values() if found.text == "n/a")
    assert cells["macs_per_s"].text == "n/a"


def test_a_metric_that_was_not_scored_at_a_point() -> None:
    summary = summarize(made_results(utterances=4, metrics=["stoi"]))
    row = replace(summary.rows[0], scores={})
    found = cell(summary, row, all_columns(summary)["stoi"])
    assert (found.text, found.reason, found.value) == ("n/a", "not scored", None)


def test_a_speed_has_the_lowest_and_the_highest_of_its_repeats() -> None:
    results = made_results([MadeCodec("opus", (6,))], utterances=4)
    figures = {"rtf_encode": 0.0123, "rtf_encode_low": 0.0119, "rtf_encode_high": 0.0161, "rtf_decode": 0.5}
    (row,) = summarize(replace(results, costs=(replace(results.costs[0], figures=figures),))).rows
    columns = all_columns(summarize(results))
    assert cell(summarize(results), row, columns["rtf_encode"]).whole == "0.012 [0.012, 0.016]"
    assert cell(summarize(results), row, columns["rtf_decode"]).whole == "0.50"  # of a run that kept none


def test_of_a_busy_machine_cpu_time_is_shown_and_said_to_be_that() -> None:
    results = made_results([MadeCodec("opus", (6,)), MadeCodec("dac", (6,))], utterances=4)
    busy = replace(results.costs[0], figures={"rtf_encode": None, "rtf_encode_cpu": 0.0123, "rtf_decode": 0.5})
    summary = summarize(replace(results, costs=(busy, *results.costs[1:])))
    columns = [all_columns(summary)[name] for name in ("rtf_encode", "rtf_decode")]
    table = plain_table(summary, columns)
    found = table.rows[0].cells[0]
    assert (found.text, found.value, table.rows[0].cells[1].text) == ("0.012¶", None, "0.50")
    note = "¶ CPU time, as the machine was busy, and no real-time factor: RTF enc. (opus);"
    assert any(one.startswith(note) for one in table.notes), table.notes
    short = with_notes(table, summary, "short").notes
    assert [one for one in short if "¶" in one] == ["¶ CPU time of a busy machine, no real-time factor."]
    for how in ("full", "short"):
        quiet = plain_table(summarize(results), columns)
        assert not any("¶" in one for one in with_notes(quiet, summarize(results), how).notes)
