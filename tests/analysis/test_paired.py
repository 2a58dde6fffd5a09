"""Paired differences: on common utterances, whatever their order, and for corpus metrics too."""

from __future__ import annotations

import pytest

from codecbench.analysis.paired import Value, pair


def values(**scores: float) -> dict[str, Value]:
    return {name: Value(score) for name, score in scores.items()}


def test_only_common_utterances_count() -> None:
    paired = pair(values(a=1.0, b=2.0, lost=9.0), values(b=2.5, a=1.1, new=0.0), {})
    assert paired is not None
    assert paired.before == pytest.approx(1.5)
    assert paired.change.value == pytest.approx(0.3)
    assert [d.utterance for d in paired.differences] == ["a", "b"]
    assert [d.cluster for d in paired.differences] == ["a", "b"]


def test_order_does_not_matter() -> None:
    before = {f"u{i}": Value(float(i % 7)) for i in range(24)}
    after = {name: Value(value.numerator + 0.1 * (i % 3)) for i, (name, value) in enumerate(before.items())}
    speakers = {name: f"s{i % 12}" for i, name in enumerate(before)}
    backwards = dict(reversed(after.items()))
    assert pair(before, after, speakers) == pair(dict(reversed(before.items())), backwards, speakers)


def test_a_ratio_is_paired_as_the_difference_of_ratios() -> None:
    paired = pair({"a": Value(1, 10), "b": Value(4, 5)}, {"a": Value(3, 10), "b": Value(4, 5)}, {})
    assert paired is not None
    assert (paired.before, paired.after) == (pytest.approx(5 / 15), pytest.approx(7 / 15))
    assert paired.change.value == pytest.approx(2 / 15)
    assert [d.utterance for d in paired.most_changed(3)] == ["a"]


def test_another_reference_is_refused() -> None:
    with pytest.raises(ValueError, match=r"utterance a was measured against 10 units before and 11 after"):
        pair({"a": Value(1, 10)}, {"a": Value(1, 11)}, {})


def test_nothing_in_common() -> None:
    assert pair(values(a=1.0), values(b=1.0), {}) is None


def test_unchanged() -> None:
    paired = pair(values(a=1.0, b=2.0), values(a=1.0, b=2.0), {})
    assert paired is not None
    assert paired.unchanged
    assert paired.most_changed(2) == []
