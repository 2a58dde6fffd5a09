"""Who is better at which rate: never by less than seeds differ by."""

from __future__ import annotations

import pytest

from recipes.findings.ordering import Cell, Spread, order, ranking, spread


def test_more_seeds_set_smaller_differences_apart() -> None:
    one, other = Cell((0.60,)), Cell((0.63,))
    many = 10_000  # of two the range's quantile is √2 times Student's, which is 1.96 then
    assert not Spread(0.0109, many).apart(one, other, 2)  # 1.96 √2 x 0.0109 is 0.0302
    assert Spread(0.0107, many).apart(one, other, 2)
    assert Spread(0.0109, many).apart(Cell((0.59, 0.61)), Cell((0.62, 0.64)), 2)


def test_the_more_are_compared_the_larger_a_difference_must_be() -> None:
    one, other = Cell((0.60,)), Cell((0.63,))
    assert Spread(0.0107, 10_000).apart(one, other, 2)
    assert not Spread(0.0107, 10_000).apart(one, other, 3)  # 3.31 instead of 2.77 in the tables, times 0.0107: 0.0355


def test_a_spread_that_is_known_from_little_sets_little_apart() -> None:
    one, other = Cell((0.60,)), Cell((0.63,))
    assert Spread(0.003, 6).apart(one, other, 2)
    assert not Spread(0.003, 1).apart(one, other, 2)  # 12.7 √2 x 0.003 is 0.054


def test_a_third_seed_is_one_degree_more() -> None:
    found = {("dac", kbps): Cell((0.5, 0.52, 0.54)) for kbps in (1.0, 6.0)} | {("encodec", 1.0): Cell((0.4, 0.4))}
    known = spread(found | {("plain", 1.0): Cell((0.7,))})
    assert known is not None
    assert known.freedom == 3
    assert known.deviation == pytest.approx((2 * 2 * 0.02**2 / 5) ** 0.5)


def test_the_order_says_which_neighbours_are_set_apart() -> None:
    found = {("dac", 6.0): Cell((0.5,)), ("vocodec", 6.0): Cell((0.7, 0.7)), ("encodec", 6.0): Cell((0.51,))}
    (codecs,) = ranking(found | {("dac", 1.0): Cell((0.1,))}, "estoi").values()
    assert order(codecs, Spread(0.01, 6)) == "vocodec > encodec ~ dac"
    (codecs,) = ranking(found, "mel").values()
    assert order(codecs, Spread(0.001, 6)) == "dac > encodec > vocodec"


def test_without_a_second_seed_there_is_no_spread() -> None:
    assert spread({("dac", 6.0): Cell((0.5,))}) is None
