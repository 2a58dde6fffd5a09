from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st
from made_runs import MadeCodec, made_results

from codecbench.analysis import summarize
from codecbench.analysis.side_by_side import like_groups, like_pairs, like_rates, nearest_at, nearest_pairs, stands_at


def test_points_stand_side_by_side_by_their_measured_rates() -> None:
    codecs = [MadeCodec("a", (2, 6, 6.5)), MadeCodec("b", (6, 12)), MadeCodec("c", (3,))]
    rows = summarize(made_results(codecs, utterances=4, metrics=["stoi"])).rows
    assert all(like_rates(one.spent_kbps, two.spent_kbps) for one, two in like_pairs(rows))
    assert {(one.point, two.point) for one, two in like_pairs(rows)} == {("6", "6"), ("6.5", "6")}
    assert [(one.point, two.point) for one, two in nearest_pairs(rows)] == [("6", "6")]
    assert [[row.codec for row in group] for group in like_groups(rows)] == [["a"], ["c"], ["a", "b", "a"], ["b"]]
    assert [rows[index].point for index in nearest_at(rows, 6.0)] == ["6", "6"]


RATES = st.floats(0.5, 500)


@given(RATES, RATES, RATES)
def test_any_two_that_stand_at_a_bitrate_are_alike(label: float, one: float, other: float) -> None:
    assert like_rates(one, other) == like_rates(other, one)
    if stands_at(one, label) and stands_at(other, label):
        assert like_rates(one, other)
