from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from codecbench.analysis.looks import Look
from codecbench.plots.chart import Curve, Line, Panel, Point

LOOK = Look("c", 0, 0)
NUMBERS = st.floats(-1e6, 1e6, allow_nan=False)


def panel(*points: Point, line: Line | None = None) -> Panel:
    return Panel("y", (Curve("c", 0, points, LOOK),), line)


@given(st.lists(st.tuples(NUMBERS, st.one_of(st.none(), NUMBERS)), min_size=1, max_size=6), NUMBERS)
def test_every_point_and_the_line_are_on_the_axis(points: list[tuple[float, float | None]], level: float) -> None:
    found = panel(*(Point(1.0, y, low) for y, low in points), line=Line(level, "floor"))
    low, high = found.y_range
    assert low < high
    assert all(low <= y <= high for y in (*(y for y, _ in points), level))


def test_a_wild_interval_is_cut_and_does_not_flatten_the_curves() -> None:
    calm, wild = Point(1, 1.0, 0.9, 1.1), Point(2, 2.0, 1.9, 50.0)
    found = panel(calm, wild)
    assert found.y_range[1] < 4
    assert (found.is_cut(calm), found.is_cut(wild)) == (False, True)
    assert not found.is_cut(Point(3, 1.5))


def test_untrained_weights_are_marked_by_their_name() -> None:
    assert [Curve("c", 0, (), LOOK, untrained).label for untrained in (False, True)] == ["c", "c‡"]
