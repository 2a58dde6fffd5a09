from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from codecbench.analysis.blur import blur_curve, find_blur
from codecbench.metrics.hallucination.evidence import BlurCount, JudgedEvidence
from codecbench.store.rows import ScoreRow

CURVE = blur_curve({"noise 0 dB": BlurCount(1000, 500, 40), "noise 10 dB": BlurCount(1000, 100, 20)})


def test_blurs_come_by_how_many_words_they_change() -> None:
    assert [(blur.condition, blur.ci_wer, blur.share.value) for blur in CURVE.blurs] == [
        ("noise 10 dB", 0.1, 0.2), ("noise 0 dB", 0.5, 0.08)
    ]  # fmt: skip
    assert CURVE.blurs[0].hallucinated_wer == pytest.approx(0.02)


def test_the_curve_is_the_upper_ends_and_constant_beyond_them() -> None:
    light, heavy = (blur.share.high for blur in CURVE.blurs)
    assert CURVE.share_at(0.0) == CURVE.share_at(0.1) == light > 0.2
    assert CURVE.share_at(0.9) == CURVE.share_at(0.5) == heavy > 0.08
    assert CURVE.share_at(0.3) == pytest.approx((light + heavy) / 2)


COUNTS = st.tuples(st.integers(1, 1000), st.floats(0, 1)).map(lambda one: (one[0], int(one[0] * one[1])))


@given(st.lists(COUNTS, min_size=1, max_size=6), st.lists(st.floats(0, 1.5), min_size=2, max_size=2))
def test_it_never_rises_and_no_blur_exceeds_it(counts: list[tuple[int, int]], places: list[float]) -> None:
    curve = blur_curve({str(n): BlurCount(1000, errors, wrong) for n, (errors, wrong) in enumerate(counts)})
    low, high = sorted(places)
    assert curve.share_at(low) >= curve.share_at(high)
    assert all(curve.share_at(blur.ci_wer) >= blur.share.value for blur in curve.blurs)


def test_scores_that_do_not_tell_have_no_curve() -> None:
    def row(detail: dict[str, object]) -> ScoreRow:
        return ScoreRow("c", "", "6", 6.0, "u", 0, "hallucinated_wer", "2", "ok", None, 0.0, 10.0, detail)

    assert find_blur([]) is None
    assert find_blur([row({"words": []})]) is None
    stored = JudgedEvidence(False, (), 0, None, {"noise 0 dB": BlurCount(10, 5, 1)}).to_json()
    found = find_blur([row(stored)])
    assert found is not None
    assert [blur.condition for blur in found.blurs] == ["noise 0 dB"]
