from __future__ import annotations

from dataclasses import replace

import pytest
from made_runs import TRAINING, MadeCodec, made_results, realistic

from codecbench.analysis import summarize
from codecbench.store.rows import SkipRow
from codecbench.tables.build import plain_table
from codecbench.tables.columns import all_columns
from codecbench.tables.notes import about, at_points, events, find_gaps, reference_note, table_notes
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


def own(name: str, training: str, track: str = "reference") -> MadeCodec:
    return MadeCodec(name, (6,), checkpoint=track, track=track, card={"training": training})


ALIKE = "(reference): codecbench's own small training: 83 minutes of speech, 6,000 updates; not the authors' model."


@pytest.mark.parametrize(
    ("codecs", "text"),
    [
        ([own("dac", TRAINING), own("encodec", TRAINING), MadeCodec("opus", (6,))], ALIKE),
        ([own("dac", "")], "(reference): codecbench's own small training; not the authors' model."),
        ([own("dac", "1 h"), own("encodec", "2 h"), own("ladiff", "2 h")],
         "(reference): codecbench's own small training: 1 h (dac), 2 h (encodec, ladiff); not the authors' model."),
        ([MadeCodec("opus", (6,)), own("dac", "", "published"), own("dac", "", "untrained")], ""),
    ],
)  # fmt: skip
def test_rows_of_our_own_training_say_what_they_are(codecs: list[MadeCodec], text: str) -> None:
    assert reference_note(summarize(made_results(codecs, utterances=2))) == text


def test_every_event_is_a_line() -> None:
    results = made_results([MadeCodec("opus", (6, 12), fails={"utt-01": "it raised"})], utterances=3)
    unreadable = replace(results.utterances[2], reason="not audio")
    skips = (
        SkipRow("dac", "default", "6", "no weights"), SkipRow("lyra", "x", None, "gone"),
        SkipRow("dac", "default", "12", "no weights"),
    )  # fmt: skip
    results = replace(results, skips=skips, utterances=(*results.utterances[:2], unreadable))
    assert events(summarize(results)) == (
        "utterance utt-02 could not be read: not audio",
        "failed coding, 2 cells of opus at 6, 12 kbps: it raised",
        "skipped dac at 6, 12 kbps: no weights",
        "skipped lyra:x: gone",
    )


def test_a_codec_that_is_missing_is_one_line() -> None:
    """Its cells say so, and so would each of its points."""
    why = "evs needs programs"
    results = made_results([MadeCodec("opus", (6,)), MadeCodec("evs", (7.2, 13.2))], utterances=2)
    codings = [
        replace(row, status="skipped", reason=f"encode: {why}", payload_bytes=None) if row.codec == "evs" else row
        for row in results.codings
    ]
    skips = (SkipRow("evs", "default", "13.2", why), SkipRow("evs", "default", "7.2", why))
    results = replace(results, codings=codings, skips=skips)
    assert events(summarize(results)) == (f"skipped coding, 4 cells of evs at 7.2, 13.2 kbps: encode: {why}",)


def test_the_first_note_says_what_speech_it_is() -> None:
    assert about(summarize(realistic(8))).startswith("probe: synthetic speech, 8 utterances, 8 speakers, ")
    alone = made_results(utterances=1, speakers=1, metrics=["stoi"], meta={"dataset_synthetic": False})
    assert about(summarize(alone)) == "probe: 1 utterance, 1 speaker, 2 s; 2 of 2 scores ok."


def test_a_latency_is_measured_or_structural() -> None:
    """Which of the two stands under every table that shows one; a card that does not say is not named."""
    kinds = {"a": "measured", "b": "structural", "c": None}
    codecs = [MadeCodec(n, (6, 12), card={"latency_ms": 20.0, "latency_kind": kind}) for n, kind in kinds.items()]
    own = {"12": {"latency_ms": 40.0, "buffering_ms": 20.0, "latency_kind": "structural"}}
    codecs[0] = MadeCodec("a", (6, 12), card={**codecs[0].card, "latency_by_point": own})
    summary = summarize(made_results(codecs))
    told = []
    for shown in ("latency_ms", "stoi"):
        table = plain_table(summary, [all_columns(summary)[shown]])
        told.append([n for n in table_notes(summary, table.columns, table.rows) if n.startswith("Latency is")])
    told_of_latency, told_of_stoi = told
    assert told_of_stoi == []
    assert told_of_latency == [
        "Latency is measured (seen in the output, a lower bound) of a at 6; structural (what frame and look-ahead "
        "reach) of a at 12, b."
    ]


def test_speeds_say_what_stands_in_brackets() -> None:
    summary = summarize(made_results())
    table = plain_table(summary, [all_columns(summary)["rtf_encode"]])
    notes = table_notes(summary, table.columns, table.rows)
    assert [note for note in notes if "interleaved repeats" in note]
    assert not [note for note in notes if "95 % interval" in note]


def test_how_weights_of_the_users_own_were_trained_is_not_said() -> None:
    results = made_results([MadeCodec("ours", (6,), track="reference")], utterances=4)
    assert reference_note(summarize(results)).startswith("(reference): codecbench's own small training")
    given = tuple(replace(row, other_weights=True) for row in results.codecs)
    assert reference_note(summarize(replace(results, codecs=given))) == ""


def test_odd_outputs_and_other_weights_are_said_of_the_rows_that_are_shown() -> None:
    results = made_results([MadeCodec("vbr", (6, 12)), MadeCodec("loud", (6,), track="published")], utterances=4)
    codings = [
        replace(row, payload_bytes=(row.payload_bytes or 0) // 4) if row.codec == "vbr" and row.point == "12"
        else replace(row, clipped=0.5, peak=3.0) if row.codec == "loud" and row.utterance == "utt-01"
        else row
        for row in results.codings
    ]  # fmt: skip
    codecs = [replace(row, other_weights=row.codec == "loud") for row in results.codecs]
    summary = summarize(replace(results, codings=tuple(codings), codecs=tuple(codecs)))
    table = plain_table(summary, [all_columns(summary)["stoi"]])
    assert "Measured more than 10 % off the nominal kbps: vbr at 12 (3.00)." in table.notes
    assert "Over 1 % of decoded samples beyond full scale, and clipped: loud at 6 (1 utterance)." in table.notes
    assert [row.label for row in table.rows] == ["vbr", "vbr", "loud‖"]
    assert any(note.startswith("‖ The weights are not those that the codec's card pins") for note in table.notes)
    assert {row.codec: row.warnings for row in summary.rows if row.point == "12"} == {
        "vbr": ("measured 3 kbps, -75 % of the nominal 12",)
    }
    only = table_notes(summary, table.columns, table.rows[:1])
    assert not any("nominal" in note or "clipped" in note or "‖" in note for note in only)
