from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from codecbench.analysis.proportions import exact_proportion


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
