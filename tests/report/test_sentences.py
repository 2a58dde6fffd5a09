from __future__ import annotations

from made_runs import MadeCodec, made_results

from codecbench.analysis import summarize
from codecbench.report.sentences import NAMED, joined, names, rates_text, rtf_text


def test_words() -> None:
    assert rates_text([4.5, 4.8, 5.0]) == "4.5 to 5 kbps"
    assert [joined(["a"]), joined(["a", "b"]), joined(["a", "b", "c"])] == ["a", "a and b", "a, b and c"]


def test_more_names_than_a_sentence_holds_are_counted() -> None:
    codecs = [MadeCodec(f"c{number}", (6,)) for number in range(NAMED + 2)]
    rows = summarize(made_results(codecs, utterances=2, metrics=["stoi"])).rows
    assert names(rows[:NAMED]) == "c0, c1, c2 and c3"
    assert names(rows) == "c0, c1, c2 and 3 others"


def test_a_speed_that_is_not_known_is_a_dash() -> None:
    low, between, high = summarize(made_results([MadeCodec("a", (3, 6, 12))], utterances=2, metrics=["stoi"])).rows
    assert rtf_text(between) == "–"
    assert float(rtf_text(low)) == float(rtf_text(high)) > 0
