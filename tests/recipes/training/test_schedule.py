"""The learning rate, and budgets that share a trunk."""

from __future__ import annotations

import pytest

from recipes.training.schedule import BUDGETS, LAST, WARM_UP, Leg, branch


def test_the_rate_warms_up_stays_and_falls_in_the_last_fifth() -> None:
    leg = Leg.whole(1000)
    assert leg.rate(0, 1.0) == pytest.approx(1 / WARM_UP)
    assert leg.rate(WARM_UP, 1.0) == leg.rate(799, 1.0) == 1.0
    assert leg.rate(900, 1.0) == pytest.approx((1 + LAST) / 2)
    assert leg.rate(1000, 1.0) == pytest.approx(LAST)


def test_a_budget_is_its_trunk_until_it_branches_off() -> None:
    trunk = Leg(10**6)
    for updates in BUDGETS.values():
        leg, place = Leg.whole(updates), branch(updates)
        assert all(leg.rate(k, 3e-4) == trunk.rate(k, 3e-4) for k in range(0, place, max(1, place // 50)))
        assert leg.rate(place + 1, 3e-4) < trunk.rate(place + 1, 3e-4)
