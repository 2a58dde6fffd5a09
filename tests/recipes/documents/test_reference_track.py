"""What is said of the trainings follows from their results."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from changed_reports import ROOT, changed_reports

from codecbench.errors import UsageError
from recipes.codecs import codecs, nominal_kbps
from recipes.documents.reference_track import chosen, learning_points, outcome_table, seeds, state
from recipes.documents.reports import Reports

NAME = "reference-track"


def scoring(codec: str, kbps: str, change: float, metric: str = "estoi") -> Callable[[Any], None]:
    """All trainings of the budget score that much more."""

    def apply(data: Any) -> None:
        for one in data:
            if (one["codec"], one["budget"]) == (codec, "small"):
                one["scores"][kbps][metric] += change

    return apply


def test_every_trained_family_is_in_the_results() -> None:
    assert set(seeds(Reports().trainings)) == {*codecs(), "plain"}
    assert list(nominal_kbps("facodec").values()) == [2.4, 3.2, 4.0, 4.8]


def test_the_chosen_rates_are_those_of_the_report() -> None:
    report = (ROOT / "reports" / "reference-track.md").read_text()
    told = re.findall(r"^\| (\w+) +\| +(0\.\d+) +\| +\d +\|", report, re.MULTILINE)
    assert {name: float(rate) for name, rate in told} == {one.codec: one.rate for one in chosen(Reports().trainings)}


def test_a_further_seed_is_told(tmp_path: Path) -> None:
    def another(data: Any) -> None:
        last = next(one for one in data if (one["codec"], one["budget"], one["seed"]) == ("dac", "small", 1))
        data.append(last | {"seed": 2})

    assert "IBPCodec and VoCodec with three seeds, the others with two" in " ".join(state().split())
    told = " ".join(state(changed_reports(tmp_path, NAME, another)).split())
    assert "IBPCodec, VoCodec and DAC with three seeds, the others with two" in told


def test_a_missing_training_is_said(tmp_path: Path) -> None:
    def without(data: Any) -> None:
        data[:] = [one for one in data if (one["codec"], one["budget"]) != ("dac", "small")]

    with pytest.raises(UsageError, match="have the whole budget"):
        state(changed_reports(tmp_path, NAME, without))


def test_the_table_has_the_first_seeds_scores(tmp_path: Path) -> None:
    lines = outcome_table(changed_reports(tmp_path, NAME, scoring("facodec", "4.8", 0.1))).splitlines()
    assert "| FACodec | 0.693 at 3.2, 0.836 at 4.8 | 1.65 at 4.8 | 0.125 |" in lines
    assert len(lines) == 2 + len(codecs()) + 1


def test_the_table_puts_none_before_another() -> None:
    names = [line.split("|")[1].strip() for line in outcome_table().splitlines()[2:]]
    assert names == ["DAC", "EnCodec", "EuleroDec", "FACodec", "IBPCodec", "LaDiffCodec", "VoCodec", "plain (control)"]


def test_what_no_longer_holds_is_said(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="VoCodec, IBPCodec and the control gain the most"):
        learning_points(changed_reports(tmp_path, NAME, scoring("encodec", "6.0", 0.1)))
