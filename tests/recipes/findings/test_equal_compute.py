"""The same trainings at the same CPU time."""

from __future__ import annotations

from dataclasses import replace

import pytest

from recipes.findings.equal_compute import Ended, read_equal_compute, score_after
from recipes.findings.results import Result


def ended(codec: str, budget: str, estoi: float, seconds: float | None, seed: int = 0) -> Result:
    by_speaker = {"ann": estoi - 0.1, "ben": estoi + 0.1}
    return Result(
        codec, budget, seed, 1e-3, 1500, 4800.0, {6.0: {"estoi": 0.1}}, {6.0: {"estoi": by_speaker}}, {}, seconds,
        "a processor",
    )  # fmt: skip


QUICK = [ended("vocodec", "quarter", 0.6, 240), ended("vocodec", "half", 0.7, 480), ended("vocodec", "small", 0.8, 960)]
SLOW = [ended("dac", "quarter", 0.5, 960), ended("dac", "half", 0.55, 1920)]


def test_a_quick_codec_is_further_at_the_same_time() -> None:
    reading = read_equal_compute([*QUICK, *SLOW], "estoi")
    assert reading is not None
    assert reading.minutes == (4, 8, 16, 32)
    assert reading.scores["vocodec"] == pytest.approx((0.6, 0.7, 0.8, None))
    assert reading.scores["dac"] == pytest.approx((None, None, 0.5, 0.55))


def test_between_two_budgets_it_goes_by_the_logarithm() -> None:
    curve = [Ended(4.0, 0.6), Ended(16.0, 0.8)]
    assert score_after(curve, 8.0) == pytest.approx(0.7)
    assert score_after(curve, 3.9) is None
    assert score_after(curve, 16.1) is None
    assert score_after([Ended(4.0, 0.6)], 4.0) == 0.6


def test_seeds_are_averaged_in_score_and_time() -> None:
    reading = read_equal_compute([ended("dac", "quarter", 0.5, 180), ended("dac", "quarter", 0.6, 300, 1)], "estoi")
    assert reading is not None
    assert reading.minutes == (4,)
    assert reading.scores["dac"] == pytest.approx((0.55,))


def test_times_of_two_processors_are_not_compared() -> None:
    other = [replace(one, processor="another") for one in SLOW]
    assert read_equal_compute([*QUICK, *other], "estoi") is None
    assert read_equal_compute([ended("dac", "quarter", 0.5, None)], "estoi") is None
