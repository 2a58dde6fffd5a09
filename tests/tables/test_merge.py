"""Runs share a table only where their figures mean the same."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest
from made_runs import MadeCodec, made_results, with_card

from codecbench.analysis import Findings, summarize
from codecbench.errors import UsageError
from codecbench.store.rows import SkipRow, StoredResults
from codecbench.tables import build_table
from codecbench.tables.merge import Run, merge
from codecbench.tables.selection import preset_columns


def made(*codecs: MadeCodec, **meta: Any) -> StoredResults:
    return made_results(codecs, utterances=8, meta=meta)


def message(first: StoredResults, second: StoredResults, *shown: str) -> str:
    with pytest.raises(UsageError) as error:
        merge([Run("a", first), Run("b", second)], shown)
    assert "\n" not in str(error.value)
    assert "'a' and 'b' cannot share a table" in str(error.value)
    return str(error.value)


def test_both_runs_rows_with_their_own_runs() -> None:
    one = made(MadeCodec("opus", (6,)), run_id="one", command="codecbench run --codecs opus")
    two = made(MadeCodec("codec2", (3.2,)), run_id="two")
    merged = merge([Run("a", one), Run("b", two)])
    table = build_table(Findings(merged), preset_columns(summarize(merged), "codec"))
    assert [(row.codec, row.run) for row in table.rows] == [("opus", "one"), ("codec2", "two")]
    assert [origin.run for origin in table.origins] == ["one", "two"]
    assert "codecbench run --codecs opus" in table.origin()
    alone = summarize(two).rows[0].scores
    assert summarize(merged).rows[1].scores == alone


def test_the_same_point_from_the_same_source_counts_once() -> None:
    one, two = made(MadeCodec("opus", (6, 12))), made(MadeCodec("opus", (12, 24)), run_id="two")
    merged = summarize(merge([Run("a", one), Run("b", two)]))
    assert [row.point for row in merged.rows] == ["6", "12", "24"]
    assert {row.scores["pesq_wb"].planned for row in merged.rows} == {8}


def test_what_one_run_skipped_and_the_other_has_is_not_missing() -> None:
    one = replace(made(MadeCodec("opus", (6,))), skips=(SkipRow("dac", "reference", None, "no torch"),))
    two = made(MadeCodec("dac", (6,), checkpoint="reference"))
    assert merge([Run("a", one), Run("b", two)]).skips == ()


def test_other_speech_or_condition_or_recognizer() -> None:
    one = made(MadeCodec("opus", (6,)))
    dac = MadeCodec("dac", (6,))
    said = "dataset revisions differ (probe abababababab and probe cdcdcdcdcdcd): "
    other = made(dac, revision="cd" * 32)
    first, *rest = other.utterances
    for changed in (replace(first, sha256="0"), replace(first, transcript="x"), replace(first, speaker="x")):
        assert f"{said}1 of 8 common utterances have another recording, words or speaker (utt-00)" in message(
            one, replace(other, utterances=(changed, *rest))
        )
    renamed = replace(other, utterances=tuple(replace(row, id=f"{row.id}b") for row in other.utterances))
    assert f"{said}they have no utterance in common" in message(one, renamed)
    assert "conditions differ (wb and fb)" in message(one, made(dac, condition="fb"))
    assert len(merge([Run("a", one), Run("b", made(dac, recognizer=None))]).codecs) == 2


@pytest.mark.parametrize(("field", "value"), [("version", "2"), ("parameters", {"normalizer": "other"})])
def test_another_version_of_a_metric(field: str, value: Any) -> None:
    one, two = made(MadeCodec("opus", (6,))), made(MadeCodec("dac", (6,)))
    two = with_card(two, "wer", **{field: value})
    assert f"metric wer has {field} " in message(one, two, "pesq_wb", "wer")
    merged = merge([Run("a", one), Run("b", two)], ["pesq_wb"])
    assert "wer" not in merged.metrics
    assert all(row.metric != "wer" for row in merged.scores)
    (note,) = (note for note in summarize(merged).notes if "left out" in note)
    assert note.startswith(f"wer left out, for the runs did not measure alike: metric wer has {field} ")


def heard(results: StoredResults) -> StoredResults:
    return with_card(with_card(results, "wer", uses_recognizer=True), "cer", uses_recognizer=True)


def test_another_recognizer_keeps_apart_what_it_heard_and_nothing_else() -> None:
    one = heard(made(MadeCodec("opus", (6,)), recognizer={"id": "one", "version": "1"}))
    two = heard(made(MadeCodec("dac", (6,)), recognizer={"id": "other", "version": "1"}))
    assert "recognizers differ (one version 1" in message(one, two, "pesq_wb", "cer")
    merged = merge([Run("a", one), Run("b", two)], ["pesq_wb", "stoi"])
    assert set(one.metrics) - set(merged.metrics) == {"wer", "cer"}
    assert {row.codec for row in merged.scores} == {"opus", "dac"}


def test_runs_that_measured_nothing_alike_are_refused() -> None:
    one = made_results([MadeCodec("opus", (6,))], utterances=4, metrics=["stoi"])
    two = with_card(made_results([MadeCodec("dac", (6,))], utterances=4, metrics=["stoi"]), "stoi", version="9")
    assert "no metric is left that they measured alike (metric stoi has version" in message(one, two)


def test_audio_of_both_runs_is_heard() -> None:
    one = made(MadeCodec("opus", (6,)), sample_utterances=["utt-00", "utt-01"])
    two = made(MadeCodec("dac", (6,)), sample_utterances=["utt-01", "utt-02"])
    assert merge([Run("a", one), Run("b", two)]).meta["sample_utterances"] == ["utt-00", "utt-01", "utt-02"]


def test_another_source_of_the_same_codec() -> None:
    one, two = made(MadeCodec("opus", (6,))), made(MadeCodec("opus", (12,)))
    two = replace(two, codecs=tuple(replace(row, source_sha256="00" * 32) for row in two.codecs))
    assert "both have opus:default, from different source or weights" in message(one, two)


def test_speeds_of_two_machines_are_not_passed_off_as_one() -> None:
    other = {"processor": "Another", "cores": 64, "system": "Linux x86_64"}
    merged = merge([Run("a", made(MadeCodec("opus", (6,)))), Run("b", made(MadeCodec("dac", (6,)), machine=other))])
    assert any("different machines" in note for note in summarize(merged).notes)
