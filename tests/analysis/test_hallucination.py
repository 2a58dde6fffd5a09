from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from codecbench.analysis.hallucination import find_null_floor, summarize_hallucination
from codecbench.analysis.proportions import exact_proportion
from codecbench.store.rows import ScoreRow


def row(metric: str, utterance: str, value: float, words: float = 20, seed: int = 0, **detail: Any) -> ScoreRow:
    return ScoreRow("c", "default", "6", 6.0, utterance, seed, metric, "1", "ok", None, value, words, detail)


def verdicts(utterance: str, lies: float, blurs: float, **detail: Any) -> list[ScoreRow]:
    return [
        row("hallucinated_wer", utterance, lies, stand_in=False),
        row("degraded_wer", utterance, blurs, stand_in=False, **detail),
    ]


def test_counts_add_up_and_the_share_waits_for_enough_errors() -> None:
    few = verdicts("a", 2, 3, looped=1, reasons={"loop": 1, "unsure": 2}) + verdicts(
        "b", 0, 4, looped=0, reasons={"unsure": 4}
    )
    found = summarize_hallucination(few)
    assert found is not None
    assert (found.words, found.errors, found.hallucinated, found.degraded, found.looped) == (40, 9, 2, 7, 1)
    assert (found.cells, found.affected, found.reasons) == (2, 1, {"loop": 1, "unsure": 6})
    assert found.share is None
    assert found.share_reason == "only 9 codec-induced errors, 50 are the fewest"
    many = summarize_hallucination(verdicts("a", 10, 40))
    assert many is not None
    assert many.share == pytest.approx(0.2)


def test_what_an_older_layout_does_not_tell_is_not_known_and_never_0() -> None:
    known = verdicts("a", 2, 3, looped=1, reasons={"loop": 1})
    found = summarize_hallucination([*known, *(replace(one, detail={}) for one in verdicts("b", 1, 1))])
    assert found is not None
    assert (found.hallucinated, found.errors) == (3, 7)
    assert (found.looped, found.stand_in, found.reasons) == (None, None, None)


def test_a_null_floor_that_is_not_told_is_not_0() -> None:
    floor = find_null_floor([row("ci_wer", "a", 1)])
    assert (floor.value, floor.reason) == (None, "its scores, of an older version, do not tell")


def test_no_hallucination_in_so_many_words_has_an_upper_bound() -> None:
    found = summarize_hallucination([line for n in range(36) for line in verdicts(f"u{n}", 0, 1)])
    assert found is not None
    assert found.upper == pytest.approx(1 - 0.025 ** (1 / 720))
    assert exact_proportion(0, 720).high < 0.0052


def test_more_seeds_are_not_more_words() -> None:
    once = [row(name, f"u{n}", 0, 10) for n in range(9) for name in ("hallucinated_wer", "degraded_wer")]
    thrice = [replace(one, seed=seed) for one in once for seed in range(3)]
    alone, found = summarize_hallucination(once), summarize_hallucination(thrice)
    assert alone is not None
    assert found is not None
    assert (found.words, found.upper, found.cells) == (90, alone.upper, 27)
    lies = [replace(one, numerator=1.0) if (one.utterance, one.seed) == ("u0", 0) else one for one in thrice]
    some = summarize_hallucination(lies)
    assert some is not None
    assert (some.hallucinated, some.degraded) == (pytest.approx(1 / 3), pytest.approx(1 / 3))
    assert some.upper is not None
    assert exact_proportion(0, 90).high < some.upper < exact_proportion(1, 90).high


def test_more_words_added_than_were_said_have_no_bound() -> None:
    found = summarize_hallucination([row("hallucinated_wer", "a", 2, 1), row("degraded_wer", "a", 0, 1)])
    assert found is not None
    assert (found.upper, found.proportion) == (None, None)
    assert found.upper_reason == "2 hallucinated of 1 words, added ones included"


def test_a_cell_without_both_verdicts_counts_for_neither() -> None:
    assert summarize_hallucination([row("hallucinated_wer", "a", 1)]) is None
    assert summarize_hallucination([]) is None


def test_the_null_floor_counts_an_original_once() -> None:
    rows = [
        row("ci_wer", "a", 5, 10, null={"+1 dB": 1}), row("ci_wer", "a", 9, 10, null={"+1 dB": 1}),
        row("ci_wer", "b", 0, 30, null={"+1 dB": 0, "shift 1 ms": 2}),
    ]  # fmt: skip
    floor = find_null_floor(rows)
    assert (floor.cases, floor.utterances) == (3, 2)
    assert floor.value == pytest.approx(3 / 70)
    assert floor.by_condition == {"+1 dB": pytest.approx(1 / 40), "shift 1 ms": pytest.approx(2 / 30)}
    # 3 of 70 words heard, but only 40 were said.
    assert floor.words == 40
    assert floor.upper == exact_proportion(40 * 3 / 70, 40).high
    assert find_null_floor([]).reason == "ci_wer was not scored"
    assert "--null-floor full" in (find_null_floor([row("ci_wer", "a", 0, null={})]).reason or "")


def test_a_null_floor_of_few_words_is_not_exact() -> None:
    floor = find_null_floor([row("ci_wer", f"u{n}", 0, 10, null={"+1 dB": 0}) for n in range(11)])
    assert floor.value == 0
    assert floor.upper == pytest.approx(1 - 0.025 ** (1 / 110))  # 3.3 %
    added = find_null_floor([row("ci_wer", "a", 0, 1, null={"+1 dB": 2})])
    assert (added.value, added.upper) == (2.0, None)
