"""Runs share a table only where their figures mean the same."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest
from made_runs import MadeCodec, made_results, with_card

from codecbench.analysis import Findings, summarize
from codecbench.errors import UsageError
from codecbench.store.rows import Results, SkipRow
from codecbench.tables import build_table
from codecbench.tables.merge import Run, merge
from codecbench.tables.selection import preset_columns


def made(*codecs: MadeCodec, **meta: Any) -> Results:
    return made_results(codecs, utterances=8, meta=meta)


def message(first: Results, second: Results) -> str:
    with pytest.raises(UsageError) as error:
        merge([Run("a", first), Run("b", second)])
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
    assert "dataset revisions differ (probe abababababab and probe cdcdcdcdcdcd)" in message(
        one, made(dac, revision="cd" * 32)
    )
    assert "conditions differ (wb and fb)" in message(one, made(dac, condition="fb"))
    assert "recognizers differ" in message(one, made(dac, recognizer={"id": "other", "version": "1"}))
    assert len(merge([Run("a", one), Run("b", made(dac, recognizer=None))]).codecs) == 2


@pytest.mark.parametrize(("field", "value"), [("version", "2"), ("parameters", {"normalizer": "other"})])
def test_another_version_of_a_metric(field: str, value: Any) -> None:
    one, two = made(MadeCodec("opus", (6,))), made(MadeCodec("dac", (6,)))
    two = with_card(two, "wer", **{field: value})
    assert f"metric wer has {field} " in message(one, two)


def test_another_source_of_the_same_codec() -> None:
    one, two = made(MadeCodec("opus", (6,))), made(MadeCodec("opus", (12,)))
    two = replace(two, codecs=tuple(replace(row, source_sha256="00" * 32) for row in two.codecs))
    assert "both have opus:default, from different source or weights" in message(one, two)


def test_speeds_of_two_machines_are_not_passed_off_as_one() -> None:
    other = {"processor": "Another", "cores": 64, "system": "Linux x86_64"}
    merged = merge([Run("a", made(MadeCodec("opus", (6,)))), Run("b", made(MadeCodec("dac", (6,)), machine=other))])
    assert any("different machines" in note for note in summarize(merged).notes)
