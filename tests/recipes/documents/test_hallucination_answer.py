"""What is said of the diffusion codec follows from the answer's figures."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from changed_reports import changed_reports

from codecbench.errors import UsageError
from recipes.documents.hallucination_answer import answer_introduction, answer_points, answer_table
from recipes.documents.reports import Reports

NAME = "hallucination-answer"
EVAL, PROBE, PAIRS = 0, 1, 2


def outcome(run: int, point: str, rival: str, to: str) -> Callable[[Any], None]:
    def change(data: Any) -> None:
        compared = data["runs"][run]["families"][0]["comparisons"]
        (one,) = (one for one in compared if (one["point"], one["rival"]) == (point, rival))
        one["outcome"] = to

    return change


def share(codec: str, point: str, to: float) -> Callable[[Any], None]:
    def change(data: Any) -> None:
        (one,) = (one for one in data["runs"][EVAL]["words"] if (one["codec"], one["point"]) == (codec, point))
        one["share"] = to

    return change


def test_every_clear_difference_is_told_and_no_other(tmp_path: Path) -> None:
    changed = changed_reports(tmp_path, NAME, outcome(EVAL, "6", "eulerodec", "more misheard"))
    here, there = (answer_table(reports).splitlines()[5] for reports in (Reports(), changed))
    assert here.startswith("| 6 kbps: 7.8 | | IBPCodec 6.2 [1.8, 10.6], Opus 4.9 [0.8, 8.9], VoCodec 6.6 [2.0, 11.2] |")
    assert here.endswith("| DAC, EnCodec, EuleroDec |")
    assert "| | EuleroDec 2.5 [-0.8, 5.8], IBPCodec 6.2" in there
    assert there.endswith("| DAC, EnCodec |")
    assert "In 8 of 16 comparisons clearly more" in " ".join(answer_points().split())
    assert "In 9 of 16 comparisons clearly more" in " ".join(answer_points(changed).split())


def test_beyond_blur_is_told_where_the_report_says_so(tmp_path: Path) -> None:
    """At 3 kbps it does; and the others that lose as many words exceed blur likewise, or the sentence is wrong."""
    words = " ".join(answer_points().split())
    assert 'At 3 kbps the report says "hallucinates more" of it' in words
    assert "(DAC 17 %, EnCodec 15 %, EuleroDec 15 % and FACodec 17 %)" in words

    def level(data: Any) -> None:
        for one in data["runs"][EVAL]["families"][0]["comparisons"]:
            one["outcome"] = one["outcome"].replace("more misheard", "more").replace("more", "more misheard")

    assert "hallucinates more" not in answer_points(changed_reports(tmp_path, NAME, level))
    with pytest.raises(UsageError, match="other codecs that lose as many exceed it too"):
        answer_points(changed_reports(tmp_path, NAME, share("encodec", "3", 0.05)))


def test_shares_are_those_of_the_words(tmp_path: Path) -> None:
    changed = changed_reports(tmp_path, NAME, share("ladiff", "6", 0.105))
    words = " ".join(answer_points(changed).split())
    assert "10 to 17 % are hallucinated" in words
    assert "(LaDiffCodec at 6 kbps 10 %, EnCodec 15 %" in words


@pytest.mark.parametrize(
    ("change", "sentence"),
    [
        (outcome(EVAL, "6", "encodec", "more"), "no more than those that lose as many"),
        (outcome(PROBE, "6", "encodec", "more"), "nothing can be told"),
        (share("ladiff", "3", 0.5), "does not hallucinate more of those it loses"),
        (share("opus", "6", 0.05), "That share falls as more is lost"),
    ],
)
def test_what_no_longer_holds_is_said(tmp_path: Path, change: Callable[[Any], None], sentence: str) -> None:
    with pytest.raises(UsageError, match=sentence):
        answer_points(changed_reports(tmp_path, NAME, change))


def test_less_than_another_wants_another_table(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="in none less"):
        answer_table(changed_reports(tmp_path, NAME, outcome(EVAL, "3", "dac", "less")))


def test_the_quality_of_the_weights_is_the_bars(tmp_path: Path) -> None:
    def change(data: Any) -> None:
        data["rising"][0]["metrics"]["pesq_wb"]["scores"][-1] = 2.5

    assert "PESQ-WB 1.5 to 2.5 at" in " ".join(
        answer_introduction(changed_reports(tmp_path, "reference-bar", change)).split()
    )
