"""Families of tests: exact where they can be, level kept under the null, deterministic, blind to order and names."""

from __future__ import annotations

import itertools

import numpy as np
import pytest
from scipy.stats import false_discovery_control, ttest_1samp

from codecbench.analysis.paired import Value, pair
from codecbench.analysis.significance import PairedTest, false_discoveries, fewest_speakers, max_t, t_statistic


def make(changes: np.ndarray, speakers: list[str] | None = None, **options: object) -> PairedTest:
    names = [f"u{i:03d}" for i in range(len(changes))]
    paired = pair(
        {name: Value(0.0) for name in names},
        {name: Value(float(change)) for name, change in zip(names, changes, strict=True)},
        dict(zip(names, speakers or names, strict=True)),
    )
    assert paired is not None
    return PairedTest(paired, **options)  # type: ignore[arg-type]


def test_the_statistic_of_single_utterance_speakers_is_students() -> None:
    changes = np.random.default_rng(0).normal(0.1, 1, 20)
    assert t_statistic(make(changes)) == pytest.approx(ttest_1samp(changes, 0).statistic)


def test_p_equals_enumeration_by_hand() -> None:
    tests = np.random.default_rng(1).normal(0.4, 1, (2, 6))
    flips = list(itertools.product([1, -1], repeat=6))
    statistic = lambda x: ttest_1samp(x, 0).statistic  # noqa: E731
    null = np.array([max(statistic(row * flip) for row in tests) for flip in flips])
    expected = [np.mean(null >= statistic(row) - 1e-9) for row in tests]
    found = max_t([make(row) for row in tests])
    np.testing.assert_allclose(found.adjusted, np.where(found.statistics > 0, expected, 1.0))


def test_speakers_are_flipped_whole() -> None:
    """Ten equal utterances of one speaker are no ten proofs."""
    changes = np.repeat([1.0, 1.1, 0.9, 1.05, 1.02, 0.98], 10)
    speakers = [f"s{i // 10}" for i in range(60)]
    assert max_t([make(changes, speakers)]).adjusted[0] == pytest.approx(1 / 64)
    assert max_t([make(changes)]).adjusted[0] < 0.001


def test_losses_within_the_margin_do_not_count() -> None:
    rng = np.random.default_rng(2)
    loss = make(rng.normal(0.05, 0.02, 24), margin=0.02)
    quiet = [make(rng.normal(0, 0.01, 24), margin=0.02) for _ in range(200)]
    loud = [make(rng.normal(0, 1.0, 24), margin=0.02) for _ in range(200)]
    assert max_t([make(rng.normal(0.015, 0.001, 24), margin=0.02)]).adjusted[0] == 1.0
    # Quiet tests cannot exceed their margin, so they cost the others nothing.
    assert max_t([loss, *quiet]).adjusted[0] == max_t([loss]).adjusted[0]
    assert max_t([loss, *loud]).critical(0.01) > max_t([loss, *quiet]).critical(0.01)


def test_the_family_keeps_its_level_without_margins() -> None:
    rng = np.random.default_rng(3)
    false = sum(max_t([make(row) for row in rng.normal(0, 1, (20, 9))]).adjusted.min() <= 0.05 for _ in range(200))
    assert false <= 20  # binomial(200, 0.05) exceeds it once in 1,000


def test_a_constant_change_is_certain_and_no_change_is_not() -> None:
    found = max_t([make(np.full(8, 0.5)), make(np.zeros(8)), make(np.full(8, -0.5), two_sided=True)])
    assert found.adjusted.tolist() == [1 / 256 + 1 / 256, 1.0, 1 / 256 + 1 / 256]


def test_critical_and_adjusted_agree() -> None:
    rng = np.random.default_rng(4)
    found = max_t([make(row) for row in rng.normal(0.5, 1, (10, 12))])
    for level in (0.01, 0.05, 0.2):
        assert ((found.statistics > found.critical(level)) == (found.adjusted <= level)).all()


def test_names_and_order_of_speakers_decide_nothing_up_to_twelve() -> None:
    changes = np.random.default_rng(5).normal(0.3, 1, 12)
    there, back = max_t([make(changes)]), max_t([make(changes[::-1].copy())])
    assert there.adjusted[0] == back.adjusted[0]


def test_false_discoveries_are_benjamini_hochbergs() -> None:
    rows = np.random.default_rng(6).normal(0.3, 1, (6, 15))
    expected = false_discovery_control([ttest_1samp(row, 0).pvalue for row in rows])
    np.testing.assert_allclose(false_discoveries([make(row) for row in rows]), expected)
    assert false_discoveries([]).tolist() == []


@pytest.mark.parametrize(("count", "shown"), [(1, False), (2, False), (3, False), (5, False), (6, True)])
def test_speakers_whose_differences_coincide_are_no_proof_where_they_are_few(count: int, shown: bool) -> None:
    changes = np.tile([0.25, 0.75], count)
    few = make(changes, [f"s{index // 2}" for index in range(2 * count)])
    assert (false_discoveries([few])[0] < 0.05) == shown


def test_fewest_speakers() -> None:
    assert fewest_speakers(0.01) == 7
    assert max_t([make(np.arange(1.0, 8.0))]).adjusted[0] <= 0.01
    assert max_t([make(np.arange(1.0, 7.0))]).adjusted[0] > 0.01


def test_a_test_of_too_few_clusters_leaves_the_family() -> None:
    """Two who differ equally have a t as large as rounding lets it be: it is to decide nothing, and least of others."""
    clear = make(np.random.default_rng(8).normal(0.5, 0.1, 38), two_sided=True)
    few = [
        make(np.full(count, 0.1), [f"other{i}" for i in range(count)], two_sided=True) for count in (2, 3, 5)
    ]  # whom nobody else is compared on
    alone, together = max_t([clear]), max_t([clear, *few])
    assert together.adjusted.tolist() == [alone.adjusted[0], 1.0, 1.0, 1.0]
    first, *others = together.intervals(0.05)
    assert first == alone.intervals(0.05)[0]
    assert [(one.low, one.high) for one in others] == [(None, None)] * 3
    assert [one.change for one in others] == pytest.approx([0.1, 0.1, 0.1])


def test_a_stricter_level_needs_more_clusters() -> None:
    six = make(np.full(6, 0.5), two_sided=True)
    assert max_t([six], 0.05).adjusted[0] == pytest.approx(1 / 32)
    assert max_t([six], 0.0125).adjusted[0] == 1.0
