"""The controls keep their bars, and other measurements make other sentences."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from changed_reports import changed_reports

from codecbench.controls.hallucination.figures import SPLICED
from codecbench.recognizers.whisper import CARD
from codecbench.report.hallucination.thresholds import CONTROL_COUNT, CONTROL_WORDS
from recipes.documents.hallucination_controls import (
    AREA_BARS,
    AREAS,
    CHANGED,
    FLOOR,
    FOUND,
    LEAST,
    PRECISION,
    PROBE,
    RECALL,
    blurs,
    controls_introduction,
    controls_table,
    figure,
)
from recipes.documents.reports import Reports

HERE = "hallucination-controls"


def setting(control: str, condition: str, **values: float) -> Any:
    def change(data: Any) -> None:
        (row,) = (one for one in data["figures"] if (one["control"], one["condition"]) == (control, condition))
        row.update(values)

    return change


@pytest.mark.parametrize(("name", "most"), [(HERE, 0.25), (PROBE, 0.30)])
def test_every_blur_keeps_its_limit(name: str, most: float) -> None:
    shares = {one.condition: one.value or 0.0 for one in blurs(Reports().controls_on(name))}
    assert len(shares) == 9
    assert max(shares.values()) <= most


def test_planted_words_are_found_and_what_misses_its_bar_is_told() -> None:
    """By a hair: the interval of the AUC of rival readings holds its bar."""
    table = Reports().controls
    bars = {FOUND: 0.80, RECALL: 0.75, PRECISION: 0.90} | dict(zip(AREAS, AREA_BARS, strict=True))
    below = [place for place, bar in bars.items() if (figure(table, place).value or 0) < bar]
    assert below == [AREAS[1]]
    assert (figure(table, AREAS[1]).high or 0) > AREA_BARS[1]
    assert "One bar is missed: planted word (rival reading) against blurs: AUC .888 [.861, .911], wanted .90." in (
        " ".join(controls_introduction().split())
    )


def test_a_bar_that_is_reached_is_not_told_as_missed(tmp_path: Path) -> None:
    reached = changed_reports(tmp_path, HERE, setting(*AREAS[1], value=0.91))
    assert controls_introduction(reached).replace("\n", " ").endswith("Every bar is reached.")


def test_the_floor_is_the_one_that_every_report_prints() -> None:
    floor = figure(Reports().controls, FLOOR)
    assert floor.words == CONTROL_WORDS
    assert floor.value == CONTROL_COUNT / CONTROL_WORDS


def test_another_measurement_makes_another_table(tmp_path: Path) -> None:
    change = setting("hallucinated share of E", "noise 20 dB", value=0.26, low=0.1, high=1.0, words=50)
    table = controls_table(changed_reports(tmp_path, HERE, change))
    assert ".07 to .26, the most for noise 20 dB: .26 [.10, 1.0] of 50 errors | at most .25 |" in table


def test_an_older_recognizer_is_named_and_an_older_table_has_no_splices(tmp_path: Path) -> None:
    def change(data: Any) -> None:
        data["recognizer_version"] = "2"
        data["figures"] = [one for one in data["figures"] if SPLICED not in one["control"]]

    older = changed_reports(tmp_path, HERE, change)
    assert Reports().controls.recognizer_version == CARD.version
    assert "anew" not in controls_introduction()
    assert "recognizer's version 2" in controls_introduction(older)
    assert "spliced into running speech" in controls_table()
    assert "spliced into running speech" not in controls_table(older)


def test_splices_are_those_of_the_table(tmp_path: Path) -> None:
    changed = changed_reports(tmp_path, HERE, setting(*LEAST, value=0.4, low=0.3, high=0.5))
    assert f"({figure(changed.controls, CHANGED).words} words) | " in controls_table(changed)
    assert "; .40 [.30, .50] |" in controls_table(changed)
