from __future__ import annotations

from dataclasses import replace

import pytest
from made_runs import MadeCodec, made_results

from codecbench.analysis import summarize
from codecbench.report.sections import code_use, facts, printed, warnings


@pytest.mark.parametrize(("value", "text"), [
    (None, "–"), ("", "–"), (True, "yes"), (False, "no"), (16000.0, "16000"), (0.00123, "0.00123"), (0, "0"),
    ({"a": 1, "b": None}, "a: 1, b: –"), ({}, "–"), ([], "–"), (["x", 2.5], "x, 2.50"), ("MIT", "MIT"),
])  # fmt: skip
def test_what_a_card_has_as_text(value: object, text: str) -> None:
    assert printed(value) == text


def test_points_that_share_a_warning_are_one_line() -> None:
    results = made_results([MadeCodec("dac", (6, 12), codebooks=True)], utterances=3)
    results = replace(results, codings=tuple(replace(row, surplus=0, missing=2) for row in results.codings))
    assert warnings(summarize(results)) == [
        ("dac at 6, 12 kbps", "missing samples in 3 of 3 utterances, at most 2 at 16000 Hz")
    ]


def test_code_use_is_of_codecs_with_codebooks_and_within_its_bounds() -> None:
    summary = summarize(made_results([MadeCodec("opus", (6,)), MadeCodec("dac", (6,), codebooks=True)], utterances=3))
    (use,) = code_use(summary)
    assert (use.name, use.point) == ("dac", "6")
    assert 0 < use.used <= 100
    assert 0 < use.entropy <= use.full == 10


def test_the_first_screen_of_a_run_without_words_or_end() -> None:
    summary = summarize(made_results(utterances=2, speakers=0, metrics=["stoi"], meta={"tally": None}))
    found = {fact.title: (fact.value, fact.more) for fact in facts(summary)}
    assert found["floor"] == ("–", "WER of the originals: wer was not scored")
    assert found["last plan"] == ("–", "not finished")
    assert found["speech"][1] == "2 utterances, speakers not known"
    assert found["scores ok"] == ("100.0 %", "4 of 4")
