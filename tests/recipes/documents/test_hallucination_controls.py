"""The controls keep their bars, and other measurements make other sentences."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from changed_reports import changed_reports

from codecbench.controls.hallucination.figures import NOISES, SPLICED
from codecbench.controls.hallucination.splices import CUT, SPLICE
from codecbench.recognizers.whisper import CARD
from codecbench.report.hallucination.thresholds import CONTROL_COUNT, CONTROL_WORDS
from recipes.documents.hallucination_controls import (
    AREA_BARS,
    AREAS,
    CHANGED,
    EXACT,
    FLOOR,
    FOUND,
    LEAST,
    PRECISION,
    PROBE,
    RECALL,
    SHARE,
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


def test_planted_words_are_found() -> None:
    table = Reports().controls
    bars = {FOUND: 0.80, RECALL: 0.75, PRECISION: 0.90} | dict(zip(AREAS, AREA_BARS, strict=True))
    assert {place: (figure(table, place).value or 0) >= bar for place, bar in bars.items()} == dict.fromkeys(bars, True)


def test_the_floor_is_the_one_that_every_report_prints() -> None:
    floor = figure(Reports().controls, FLOOR)
    assert floor.words == CONTROL_WORDS
    assert floor.value == CONTROL_COUNT / CONTROL_WORDS


def test_another_measurement_makes_another_table(tmp_path: Path) -> None:
    change = setting("hallucinated share of E", "noise 20 dB", value=0.24, low=0.1, high=1.0, words=50)
    table = controls_table(changed_reports(tmp_path, HERE, change))
    assert ".06 to .24, the most for noise 20 dB: .24 [.10, 1.0] of 50 errors | at most .25 |" in table


def test_an_older_recognizer_is_named_and_an_older_table_has_no_splices(tmp_path: Path) -> None:
    def change(data: Any) -> None:
        data["recognizer_version"] = CARD.version
        places = [(CHANGED, 40), (EXACT, 40), (LEAST, 40), ((SHARE, SPLICE), 70), ((SHARE, CUT), 60)]
        places += [((f"{SPLICED} against {noise}: AUC", by), 90) for noise in NOISES for by in ("H-WER", "share")]
        for (control, condition), words in places:
            values = {"value": 0.4, "low": 0.3, "high": 0.5, "words": words, "target": ""}
            data["figures"].append({"control": control, "condition": condition} | values)

    old = Reports().controls
    assert old.recognizer_version == CARD.version or "to be measured anew" in controls_introduction()
    new = changed_reports(tmp_path, HERE, change)
    assert "anew" not in controls_introduction(new)
    assert "(40 words) | .40, .40; .40 [.30, .50] |" in controls_table(new)
