"""Who is better at which rate: never by less than seeds differ by."""

from __future__ import annotations

import numpy as np
import pytest

from codecbench.errors import UsageError
from recipes.findings.cells import Cell
from recipes.findings.ordering import Error, Spread, leaders, order, ranking, spread


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


def spoken(mean: float, *by: float) -> Cell:
    return Cell((mean, mean), {f"s{number}": mean + each for number, each in enumerate(by)})


def test_what_speakers_differ_by_is_in_the_way_of_an_order() -> None:
    """Seeds agree to 0.001; that one codec suits some speakers better decides."""
    known = Spread(0.001, 50)
    even, uneven = spoken(0.60, *[0.0] * 40), spoken(0.63, *[0.1, -0.1] * 20)
    assert known.apart(even, spoken(0.63, *[0.0] * 40), 2)
    assert not known.apart(even, uneven, 2)  # 2.02 x 0.101 / √40 is 0.032
    assert known.apart(even, spoken(0.64, *[0.1, -0.1] * 20), 2)


def test_what_all_codecs_find_hard_does_not_count() -> None:
    """Differences are paired by speaker."""
    hard = np.linspace(-0.3, 0.3, 40)
    one, other = spoken(0.60, *hard), spoken(0.61, *hard)
    assert Spread(0.001, 50).apart(one, other, 2)
    wide = Spread(0.001, 50).interval(one)
    assert wide.low is not None
    assert wide.low < 0.55


def test_an_interval_is_of_speakers_and_seeds() -> None:
    known = Spread(0.02, 4)
    narrow = known.interval(spoken(0.6, *[0.0] * 40))
    assert narrow.high == pytest.approx(0.6 + 2.776 * 0.02 / 2**0.5, abs=1e-4)  # Student's, 4 degrees of freedom
    wider = known.interval(spoken(0.6, *[0.2, -0.2] * 20))
    assert wider.high is not None
    assert wider.high > narrow.high


def test_degrees_of_freedom_are_satterthwaites() -> None:
    assert Error(1.0, 4).plus(Error(1.0, 4)) == Error(2.0, 8.0)
    assert Error(1.0, 4).plus(Error(0.0, 39)) == Error(1.0, 4.0)
    assert Error(0.0, 4).plus(Error(0.0, 39)).variance == 0


def test_one_speaker_is_none() -> None:
    with pytest.raises(UsageError, match="one test speaker tells nothing of others"):
        Spread(0.01, 4).interval(spoken(0.6, 0.0))


def test_codecs_that_are_equal_over_speakers_and_seeds_are_seldom_set_apart() -> None:
    """Speakers differ, suit codecs unlike, and seeds differ: of eight equal codecs one leads one time in twenty."""
    draw, trials, behind = np.random.default_rng(0), 300, 0
    for _ in range(trials):
        speakers = draw.normal(0, 0.1, 40)
        found = {}
        for codec in range(8):
            suits = draw.normal(0, 0.03, 40)
            seeds = draw.normal(0, 0.008, 2)[:, None] + draw.normal(0, 0.01, (2, 40)) + speakers + suits
            by_speaker = {f"s{number}": float(value) for number, value in enumerate(seeds.mean(0))}
            found[f"codec{codec}", 6.0] = Cell(tuple(seeds.mean(1).tolist()), by_speaker)
        behind += len(leaders(found, "estoi", spread(found))[6.0]) < len(found)
    assert 0.0 < behind / trials < 0.09
