from __future__ import annotations

from pathlib import Path

import pytest
from made_listeners import Opinion, by_bitrate, design, write_choices, write_ratings

from codecbench.listen.answers import read_answers
from codecbench.listen.outcome import HIDDEN, outcomes
from codecbench.listen.screening import ScreenedAnswers, screen


def test_conditions_are_ordered_with_intervals_over_listeners_and_utterances(tmp_path: Path) -> None:
    test = design(trials=8)
    listeners = {f"l{index}": by_bitrate(index) for index in range(12)}
    found = outcomes(screen(read_answers(write_ratings(test, tmp_path / "a.csv", listeners), test)), "mushra")
    assert [one.condition for one in found] == [HIDDEN, "opus 12", "opus 6", "low-pass 7 kHz"]
    means = {one.condition: one for one in found}
    assert means["opus 12"].mean == pytest.approx(88, abs=1.5)
    assert means["opus 12"].count == 12 * 8
    for one in found:
        assert one.low is not None
        assert one.high is not None
        assert one.low <= one.mean <= one.high
    assert (means["opus 6"].high or 0) < (means["opus 12"].low or 0)


def test_listeners_who_differ_widen_the_interval(tmp_path: Path) -> None:
    test = design(trials=8)

    def shifted(index: int, by: float) -> Opinion:
        usual, less = by_bitrate(index), by * (index % 3)
        return lambda trial, stimulus: 100.0 if stimulus is None else max(0.0, usual(trial, stimulus) - less)

    widths = []
    for by in (0.0, 12.0):
        listeners = {f"l{index}": shifted(index, by) for index in range(9)}
        found = outcomes(screen(read_answers(write_ratings(test, tmp_path / "a.csv", listeners), test)), "mushra")
        (six,) = [one for one in found if one.condition == "opus 6"]
        widths.append((six.high or 0) - (six.low or 0))
    assert widths[1] > 2 * widths[0]


def test_one_listener_has_no_interval(tmp_path: Path) -> None:
    test = design()
    file = write_ratings(test, tmp_path / "a.csv", {"a": by_bitrate(1)})
    found = outcomes(screen(read_answers(file, test)), "mushra")
    assert all(one.low is None for one in found)


def test_a_share_has_an_exact_interval_and_the_chance_of_guessing(tmp_path: Path) -> None:
    test = design("abx", trials=10)
    file = write_choices(test, tmp_path / "a.csv", {"a": lambda stimulus: stimulus.name == "opus 6"})
    found = outcomes(ScreenedAnswers(read_answers(file, test), ()), "abx")
    twelve, six = found
    assert (twelve.condition, twelve.mean, twelve.p) == ("opus 12", 0.0, 1.0)
    assert (six.mean, six.count) == (1.0, 10)
    assert six.p == pytest.approx(0.5**10)
    assert six.low == pytest.approx(0.692, abs=1e-3)
