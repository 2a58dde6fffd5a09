"""What is said of a second recognizer follows from the controls and from the run's shares."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from changed_reports import changed_reports

from codecbench.controls.hallucination.figures import NOISES, SPLICED
from codecbench.errors import UsageError
from recipes.documents.reports import Reports
from recipes.documents.second_recognizer import confirmed_sentence, confirmed_table


def areas(by: str, low: float, value: float) -> Any:
    def change(data: Any) -> None:
        for one in data["figures"]:
            if one["condition"] == by and one["control"] in [f"{SPLICED} against {noise}: AUC" for noise in NOISES]:
                one.update(low=low, value=value)

    return change


def test_controls_and_codecs_are_rows() -> None:
    lines = confirmed_table().splitlines()[2:]
    shares = Reports().confirmed.shares
    assert len(lines) == 5 + len(shares)
    assert lines[0].startswith("| words of the same reader spliced into running speech | 153 | .30 [.21, ")
    assert f"| {shares[0].changed} |" in lines[5]


@pytest.mark.parametrize(
    ("low", "value", "sentence"),
    [
        (0.4, 0.6, "it is not shown that confirmation tells a speaker of other words from noise"),
        (0.6, 0.7, "but the hallucinated share does it better (.79 [.70, .88], .81 [.73, .89])"),
        (0.8, 0.9, "tells them apart better than the hallucinated share does"),
    ],
)
def test_the_conclusion_follows_the_areas(tmp_path: Path, low: float, value: float, sentence: str) -> None:
    changed = changed_reports(tmp_path, "hallucination-controls", areas("confirmed share", low, value))
    assert sentence in " ".join(confirmed_sentence(changed).split())


def test_without_the_second_recognizer_there_is_no_table(tmp_path: Path) -> None:
    def change(data: Any) -> None:
        data["figures"] = [one for one in data["figures"] if one["control"] != "confirmed share of E"]

    with pytest.raises(UsageError, match="confirmed share of E"):
        confirmed_table(changed_reports(tmp_path, "hallucination-controls", change))
