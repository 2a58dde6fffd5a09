from __future__ import annotations

from typing import Any

import pytest

from codecbench.api import CodecCard, OperatingPoint, PointLatency

POINT = OperatingPoint(6.0)


@pytest.mark.parametrize("name", ["", "two words", "a:b", "a,b", "a=b", "a/b", "a\\b", 3])
@pytest.mark.parametrize("what", ["name", "checkpoint"])
def test_a_name_that_no_command_line_could_hold_is_refused(what: str, name: Any) -> None:
    with pytest.raises(ValueError, match=f"a codec's {what} must be a word"):
        CodecCard(**{"name": "c", "sample_rate": 16000, "points": (POINT,), what: name})


@pytest.mark.parametrize("points", [(), [POINT], (6.0,), None])
def test_points_must_be_operating_points(points: Any) -> None:
    with pytest.raises(ValueError, match="points must be a tuple of at least one OperatingPoint"):
        CodecCard("c", 16000, points)


def test_points_that_print_alike_cannot_be_told_apart() -> None:
    with pytest.raises(ValueError, match="two operating points of one bitrate, 6, 6 kbps"):
        CodecCard("c", 16000, (POINT, OperatingPoint(6.0000001)))


def test_a_point_is_found_by_its_label_or_those_that_exist_are_named() -> None:
    card = CodecCard("c", 16000, (OperatingPoint(1.5), POINT), "x")
    assert card.point("6") is POINT
    with pytest.raises(KeyError, match=r"c:x has no operating point 7; it has 1\.5, 6"):
        card.point("7")


def test_frame_and_lookahead_are_the_points_or_the_cards() -> None:
    own = OperatingPoint(3.0, frame=160, lookahead=0)
    card = CodecCard(
        "c", 8000, (own, POINT), frame=320, lookahead=80, latency_ms=50.0, buffering_ms=40.0,
        latency_kind="measured", latency_by_point={"3": PointLatency(20.0, 20.0, "structural")},
    )  # fmt: skip
    assert [(card.frame_at(point), card.lookahead_at(point)) for point in card.points] == [(160, 0), (320, 80)]
    assert [card.latency_kind_at(point) for point in card.points] == ["structural", "measured"]


@pytest.mark.parametrize("point", [OperatingPoint(3.0, frame=0), OperatingPoint(3.0, lookahead=-1)])
def test_a_frame_that_cannot_be_is_refused(point: OperatingPoint) -> None:
    with pytest.raises(ValueError, match="c:default at 3 kbps: a frame has at least 1 sample, look-ahead 0"):
        CodecCard("c", 8000, (point,))
