from __future__ import annotations

from pathlib import Path

import pytest
from made_listeners import Opinion, by_bitrate, design, write_ratings

from codecbench.listen.answers import read_answers
from codecbench.listen.design import TestSignal, Trial
from codecbench.listen.screening import ScreenedAnswers, screen

TRIALS = 10


def heard(tmp_path: Path, **listeners: Opinion) -> ScreenedAnswers:
    test = design(trials=TRIALS)
    return screen(read_answers(write_ratings(test, tmp_path / "a.csv", listeners), test))


def low_in(count: int) -> Opinion:
    """Rates the hidden reference 60 in so many trials."""
    usual = by_bitrate(5)
    return lambda trial, stimulus: 60.0 if stimulus is None and int(trial.id[1:]) < count else usual(trial, stimulus)


@pytest.mark.parametrize(("low", "stays"), [(0, True), (1, True), (2, False), (10, False)])
def test_who_rates_the_hidden_reference_low_too_often_goes(tmp_path: Path, low: int, stays: bool) -> None:
    found = heard(tmp_path, good=by_bitrate(1), other=low_in(low))
    assert ("uuid-other" in found.listeners) is stays
    assert "uuid-good" in found.listeners
    if not stays:
        assert [one.listener for one in found.screened] == ["uuid-other"]
        assert f"rates the hidden reference below 90 in {low} of 10 trials" in found.screened[0].reason


def test_who_takes_the_mid_range_anchor_for_the_reference_goes(tmp_path: Path) -> None:
    def deaf(_: Trial, stimulus: TestSignal | None) -> float:
        return 100.0 if stimulus is None or stimulus.hertz else 70.0

    found = heard(tmp_path, good=by_bitrate(1), deaf=deaf)
    assert found.listeners == ("uuid-good",)
    assert "rates the 7 kHz anchor above 90 in 10 of 10 trials" in found.screened[0].reason


def test_nobody_goes_for_an_opinion_of_codecs(tmp_path: Path) -> None:
    def contrary(_: Trial, stimulus: TestSignal | None) -> float:
        return 100.0 if stimulus is None else 5.0

    assert len(heard(tmp_path, good=by_bitrate(1), contrary=contrary).listeners) == 2
