from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from codecbench.analysis.proportions import clustered_proportion, exact_proportion


def test_clopper_pearson_against_the_table_of_the_paper() -> None:
    # 0 of 60 and 6 of 60, as any table of exact limits has them.
    none, some = exact_proportion(0, 60), exact_proportion(6, 60)
    assert (none.low, round(none.high, 4)) == (0.0, 0.0596)
    assert (round(some.low, 4), round(some.high, 4)) == (0.0376, 0.2051)
    every = exact_proportion(60, 60)
    assert (round(every.low, 4), every.high) == (0.9404, 1.0)
    with pytest.raises(ValueError, match="no proportion"):
        exact_proportion(0, 0)


@given(st.integers(1, 500).flatmap(lambda n: st.tuples(st.integers(0, n), st.just(n))))
def test_the_interval_is_around_the_share_and_mirrors_that_of_the_others(counted: tuple[int, int]) -> None:
    count, n = counted
    found, rest = exact_proportion(count, n), exact_proportion(n - count, n)
    assert 0 <= found.low <= found.value <= found.high <= 1
    assert (found.low, found.high) == (pytest.approx(1 - rest.high, abs=1e-9), pytest.approx(1 - rest.low, abs=1e-9))


def test_an_average_count_lies_between_its_neighbours() -> None:
    below, between, above = (exact_proportion(count, 20) for count in (3, 3.5, 4))
    assert below.low < between.low < above.low
    assert below.high < between.high < above.high


@pytest.mark.parametrize(("count", "n"), [(-1, 5), (6, 5), (0, 0)])
def test_what_is_no_share_is_refused(count: int, n: int) -> None:
    with pytest.raises(ValueError, match="is no proportion"):
        exact_proportion(count, n)


@given(st.integers(0, 30), st.integers(30, 2000), st.floats(0, 0.2), st.integers(2, 40))
def test_clusters_never_make_it_narrower(count: int, n: int, error: float, clusters: int) -> None:
    exact, clustered = exact_proportion(count, n), clustered_proportion(count, n, error, clusters)
    assert clustered.low <= exact.low + 1e-12
    assert clustered.high >= exact.high - 1e-12
    assert 0 <= clustered.low <= clustered.value <= clustered.high <= 1


def test_events_that_come_apart_are_the_exact_ones() -> None:
    """2 of 1,311 words: 0.02 to 0.55 %."""
    apart = clustered_proportion(2, 1311, 0.0009, 20)
    assert (round(100 * apart.low, 2), round(100 * apart.high, 2)) == (0.02, 0.55)
    assert clustered_proportion(2, 1311, 0.0015, 20).high > 0.0055
