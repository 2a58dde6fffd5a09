from __future__ import annotations

from dataclasses import replace

import pytest
from made_runs import MadeCodec, made_results, realistic

from codecbench.analysis import summarize
from codecbench.store.rows import SkipRow
from codecbench.tables.build import plain_table
from codecbench.tables.columns import all_columns
from codecbench.tables.notes import about, at_points, events, find_gaps, table_notes
from codecbench.tables.table import Column, TableCell, TableRow


def row(name: str, *cells: TableCell) -> TableRow:
    return TableRow(name, "default", name, "none", "6", 0, "run", cells)


def test_a_gap_is_told_once_for_columns_that_share_it() -> None:
    columns = [Column("a", "A"), Column("b", "B"), Column("c", "C")]
    busy, few = TableCell("n/a", reason="busy"), TableCell("2.0", reason="one speaker has no interval")
    rows = [row("opus", busy, busy, few), row("pcm", busy, busy, TableCell("1.0"))]
    told = [(gap.what, gap.reason, gap.where) for gap in find_gaps(columns, rows)]
    assert told == [
        ("A, B", "busy", ("opus", "pcm")), ("interval of C", "one speaker has no interval", ("opus",)),
    ]  # fmt: skip


def test_word_errors_stand_beside_their_floor_and_others_without() -> None:
    summary = summarize(made_results())
    columns = all_columns(summary)
    for name, told in (("wer", True), ("stoi", False)):
        table = plain_table(summary, [columns[name]])
        notes = table_notes(summary, table.columns, table.rows)
        assert any(note.startswith("Floor, the recognizer on the originals") for note in notes) == told


@pytest.mark.parametrize(("points", "text"), [(["6", "12"], "opus"), (["12"], "opus at 12")])
def test_points_are_named_unless_all_are_meant(points: list[str], text: str) -> None:
    assert at_points("opus", points, ["6", "12"]) == text


def test_every_event_is_a_line() -> None:
    results = made_results([MadeCodec("opus", (6, 12), fails={"utt-01": "it raised"})], utterances=3)
    unreadable = replace(results.utterances[2], reason="not audio")
    skips = (SkipRow("dac", "default", "6", "no weights"), SkipRow("lyra", "x", None, "gone"))
    results = replace(results, skips=skips, utterances=(*results.utterances[:2], unreadable))
    assert events(summarize(results)) == (
        "utterance utt-02 could not be read: not audio",
        "failed coding, 2 cells of opus at 6, 12 kbps: it raised",
        "skipped dac at 6 kbps: no weights",
        "skipped lyra:x: gone",
    )


def test_the_first_note_says_what_speech_it_is() -> None:
    assert about(summarize(realistic(8))).startswith("probe: synthetic speech, 8 utterances, 8 speakers, ")
    alone = made_results(utterances=1, speakers=1, metrics=["stoi"], meta={"dataset_synthetic": False})
    assert about(summarize(alone)) == "probe: 1 utterance, 1 speaker, 2 s; 2 of 2 scores ok."
