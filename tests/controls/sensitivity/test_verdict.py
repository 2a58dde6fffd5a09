from __future__ import annotations

from math import comb

import pytest

from codecbench.controls.sensitivity.verdict import ClipFigure, NullRange, Verdict, judge, null_range, starting_points

CLIPS = 8
NULLS = 48


def figures(*values: float | None) -> list[ClipFigure]:
    return [ClipFigure(None, "abstained", "silent") if value is None else ClipFigure(value) for value in values]


def around(start: float, *changes: float) -> list[ClipFigure]:
    """`changes`, then no change for the rest of the clips."""
    return figures(*(start + change for change in (*changes, *[0.0] * (CLIPS - len(changes)))))


NULL = NullRange(-0.1, 0.0, NULLS, 4.5)


@pytest.mark.parametrize(
    ("moved", "verdict"),
    [(0, "blind"), (1, "blind"), (2, "partly"), (3, "partly"), (4, "sees"), (8, "sees")],
)
def test_half_of_the_clips_must_move(moved: int, verdict: Verdict) -> None:
    cell = judge([4.5] * CLIPS, around(4.5, *[-0.5] * moved), NULL, True)
    assert (cell.verdict, cell.moved, cell.scored) == (verdict, moved, CLIPS)
    assert cell.change == pytest.approx(-0.5 * moved / CLIPS)


def test_beyond_the_range_means_beyond_it() -> None:
    assert judge([4.5] * CLIPS, around(4.5, *[-0.1] * 8), NULL, True).verdict == "blind"
    assert judge([4.5] * CLIPS, around(4.5, *[-0.1000001] * 8), NULL, True).verdict == "sees"


def test_both_directions_do_not_add_up() -> None:
    changes = [-0.5, -0.5, -0.5, 0.5, 0.5, 0.5]
    assert judge([4.0] * CLIPS, around(4.0, *changes), NullRange(-0.1, 0.1, NULLS, 4.0), True).verdict == "partly"
    undirected = judge([4.0] * CLIPS, around(4.0, *changes), NullRange(-0.1, 0.1, NULLS, 4.0), None)
    assert (undirected.verdict, undirected.moved) == ("sees", 6)
    assert undirected.times == pytest.approx(0.375 / 0.1)


def test_better_is_a_reward() -> None:
    assert judge([4.0] * CLIPS, around(4.0, *[0.5] * 5), NULL, True).verdict == "rewards"
    assert judge([4.0] * CLIPS, around(4.0, *[0.5] * 5), NULL, False).verdict == "sees"


def test_where_no_null_change_moves_it_there_is_no_ratio() -> None:
    cell = judge([0.0] * CLIPS, around(0.0, *[0.2] * 4), NullRange(0.0, 0.0, NULLS, 0.0), False)
    assert (cell.verdict, cell.times) == ("sees", None)


@pytest.mark.parametrize("missing", [4, 5, 8])
def test_too_few_figures_abstain(missing: int) -> None:
    found = figures(*[None] * missing, *[1.0] * (CLIPS - missing))
    cell = judge([4.5] * CLIPS, found, NULL, True)
    assert cell.verdict == ("abstains" if missing > 4 else "sees")
    assert cell.reason == ("silent" if missing > 4 else "")


@pytest.mark.parametrize(("status", "verdict"), [("failed", "failed"), ("skipped", "skipped")])
def test_what_broke_is_not_abstaining(status: str, verdict: str) -> None:
    cell = judge([4.5] * CLIPS, [ClipFigure(None, status, "no model")] * CLIPS, NULL, True)  # type: ignore[arg-type]
    assert (cell.verdict, cell.reason, cell.change) == (verdict, "no model", None)


def test_a_metric_without_a_figure_for_identical_signals_starts_from_the_null_changes() -> None:
    nulls = {"a": figures(*[50.0] * CLIPS), "b": figures(*[60.0] * CLIPS), "c": figures(*[None] * CLIPS)}
    start, is_null = starting_points(figures(*[None] * CLIPS), nulls)
    assert is_null
    assert start == [55.0] * CLIPS
    null = null_range(start, nulls, is_null, directed=True)
    assert (null.low, null.high, null.figures, null.control) == (-5.0, 5.0, 2 * CLIPS, 55.0)
    assert judge(start, figures(*[20.0] * CLIPS), null, True).verdict == "sees"


def test_a_metric_that_never_gives_a_figure_abstains() -> None:
    nothing = figures(*[None] * CLIPS)
    start, is_null = starting_points(nothing, {"a": nothing})
    null = null_range(start, {"a": nothing}, is_null, directed=True)
    assert null.control is None
    cell = judge(start, figures(*[1.0] * CLIPS), null, True)
    assert (cell.verdict, cell.reason) == ("abstains", "no figure on the unchanged original to count from")


def test_an_undirected_metric_has_a_symmetric_range() -> None:
    nulls = {"late": figures(*[0.06] * CLIPS)}
    assert (null_range([0.0] * CLIPS, nulls, False, directed=False).low) == -0.06
    assert (null_range([0.0] * CLIPS, nulls, False, directed=True).low) == 0.0


def test_the_odds_that_the_documentation_gives() -> None:
    """The four largest of 56 exchangeable changes are the distortion's own; the two largest, for `partly`."""
    assert comb(NULLS + CLIPS, 4) / comb(CLIPS, 4) == pytest.approx(5247, abs=1)
    assert 2 * comb(CLIPS, 4) / comb(NULLS + CLIPS, 4) == pytest.approx(1 / 2624, rel=1e-3)
    assert 2 * comb(CLIPS, 2) / comb(NULLS + CLIPS, 2) == pytest.approx(1 / 28, rel=0.03)
