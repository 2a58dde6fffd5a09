"""What is said of the trainings follows from their results."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from changed_reports import ROOT, changed_reports

from codecbench.errors import UsageError
from recipes.codecs import controls, nominal_kbps, trained
from recipes.documents.reference_track import chosen, learning_points, outcome_table, seeds, state, weights_sentence
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
    assert set(seeds(Reports().trainings)) == set(trained())
    assert controls() == ("plain",)
    assert list(nominal_kbps("facodec").values()) == [2.4, 3.2, 4.0, 4.8]


def test_the_chosen_rates_are_those_of_the_report() -> None:
    report = (ROOT / "reports" / "reference-track.md").read_text()
    told = re.findall(r"^\| (\w+) +\| +(0\.\d+) +\| +\d \|", report, re.MULTILINE)
    assert {name: float(rate) for name, rate in told} == {one.codec: one.rate for one in chosen(Reports().trainings)}


def test_a_further_seed_is_told(tmp_path: Path) -> None:
    def another(data: Any) -> None:
        last = next(one for one in data if (one["codec"], one["budget"], one["seed"]) == ("dac", "small", 1))
        data.append(last | {"seed": 2})

    assert "IBPCodec and VoCodec with three seeds, the others with two" in " ".join(state().split())
    told = " ".join(state(changed_reports(tmp_path, NAME, another)).split())
    assert "IBPCodec, VoCodec and DAC with three seeds, the others with two" in told


def test_weights_of_a_longer_training(tmp_path: Path) -> None:
    def longer(data: Any) -> None:
        for one in data:
            one.update(updates=2 * one["updates"], audio_seconds=2 * one["audio_seconds"])

    assert "(12,000 updates each, 10.7 hours of audio" in weights_sentence(changed_reports(tmp_path, NAME, longer))
    with pytest.raises(UsageError, match="trained alike"):
        weights_sentence(changed_reports(tmp_path, NAME, lambda data: data[3].update(updates=1)))


def test_a_missing_training_is_said(tmp_path: Path) -> None:
    def without(data: Any) -> None:
        data[:] = [one for one in data if (one["codec"], one["budget"]) != ("dac", "small")]

    with pytest.raises(UsageError, match="have the whole budget"):
        state(changed_reports(tmp_path, NAME, without))


def test_the_table_has_the_first_seeds_scores(tmp_path: Path) -> None:
    lines = outcome_table(changed_reports(tmp_path, NAME, scoring("facodec", "4.8", 0.1))).splitlines()
    assert "| FACodec | 0.693 at 3.2, 0.836 at 4.8 | 1.65 at 4.8 | 0.125 |" in lines
    assert len(lines) == 2 + len(trained())


@pytest.mark.parametrize(
    ("change", "sentence"),
    [
        (scoring("encodec", "6.0", 0.1), "Codecs of log spectra learn fast"),
        (scoring("encodec", "6.0", 1.0, "pesq_wb"), "EuleroDec is ahead"),
        (scoring("dac", "2.0", 0.2), "IBPCodec above DAC"),
        (scoring("ladiff", "3.0", 0.2), "is not shown to gain anything"),
        (scoring("ladiff", "6.0", -0.01), "it is ahead on ESTOI"),
    ],
)
def test_what_no_longer_holds_is_said(tmp_path: Path, change: Callable[[Any], None], sentence: str) -> None:
    with pytest.raises(UsageError, match=sentence):
        learning_points(changed_reports(tmp_path, NAME, change))
