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
    changed = changed_reports(tmp_path, NAME, outcome(EVAL, "3", "vocodec", "more"))
    here, there = (answer_table(reports).splitlines()[3] for reports in (Reports(), changed))
    assert here.startswith("| 3 kbps: 7.3 | Codec 2 at 3.2 kbps: 5.1 [1.3, 8.9], IBPCodec 4.5 [0.4, 8.6] |")
    assert here.endswith("FACodec at 2.4 kbps, VoCodec |")
    assert there.split(" | ")[1].endswith("VoCodec 4.0 [-0.3, 8.3]")
    assert there.endswith("FACodec at 2.4 kbps |")
    assert "In 9 of 16 comparisons clearly more" in " ".join(answer_points(changed).split())


def test_shares_are_those_of_the_words(tmp_path: Path) -> None:
    changed = changed_reports(tmp_path, NAME, share("ladiff", "6", 0.105))
    words = " ".join(answer_points(changed).split())
    assert "10 to 13 % are hallucinated" in words
    assert "(LaDiffCodec at 6 kbps 10 %, EnCodec 10 %" in words


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
