from __future__ import annotations

from pathlib import Path

import pytest

from codecbench.api import Utterance
from codecbench.controls.pairs.shifts import (
    MeasuredReading,
    Shifted,
    balanced_accuracy,
    blurs,
    planted,
    screened,
    separation,
    threshold,
)
from codecbench.metrics.pairs.reading import Reading, reading_of


def reading(word: str, rival: str) -> Reading:
    extra = {"word": word, "rival": rival}
    found = reading_of(Utterance("u", Path("u"), f"Say {word}.", extra=extra))
    assert found is not None
    return found


def clips(pairs: int) -> list[MeasuredReading]:
    """Each pair heard right on both readings; the blur takes 4 nats, which turns none of them."""
    found = []
    for number in range(pairs):
        for words in ((f"a{number}", f"b{number}"), (f"b{number}", f"a{number}")):
            found.append(MeasuredReading(reading(*words), "v", 6.0 + number % 3, {"blur": 2.0 + number % 3}))
    return found


def test_planted_words_are_the_other_reading() -> None:
    found = planted(clips(2))
    assert len(found) == 4
    assert {(item.original, item.decoded) for item in found} == {(6.0, -6.0), (7.0, -7.0)}
    assert planted(clips(2), "blur")[0].decoded == -2.0


def test_what_is_misheard_on_the_original_is_screened_out() -> None:
    mixed = [
        *clips(1),
        MeasuredReading(reading("x", "y"), "v", -1.0, {"blur": -2.0}),
        MeasuredReading(reading("y", "x"), "v", 5.0, {"blur": 1.0}),
    ]
    assert len(screened(mixed)) == 3
    # The other reading of the misheard one is planted and the recognizer cannot hear it: it stays.
    assert sorted(item.decoded for item in planted(mixed)) == [-6.0, -6.0, 1.0]


def test_perfect_separation() -> None:
    many = clips(12)
    area = separation(planted(many), blurs(many, "blur"))
    assert (area.value, area.low, area.high) == (1.0, 1.0, 1.0)
    balanced = balanced_accuracy(planted(many), blurs(many, "blur"), 7.0)
    assert (balanced.value, balanced.low) == (1.0, 1.0)


def test_no_separation() -> None:
    flipping, blurred = ([Shifted(f"p{n}", 5.0, float((n * step) % 7)) for n in range(42)] for step in (1, 3))
    area = separation(flipping, blurred)
    assert area.value == pytest.approx(0.5)
    assert area.low < 0.5 < area.high


def test_the_threshold_lets_the_allowed_share_pass_and_no_more() -> None:
    blurred = [Shifted("p", 3.0, -0.1 * n) for n in range(1, 101)]
    at = threshold(blurred, 0.05)
    assert sum(item.flipped(at) for item in blurred) == 5
    assert sum(item.flipped(at - 0.1) for item in blurred) == 6
    assert threshold([Shifted("p", 3.0, 1.0)] * 10, 0.05) == 0.0
