from __future__ import annotations

import re
from typing import Any

import numpy as np
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
    with pytest.raises(ValueError, match="two operating points of one bitrate, 6, 6: a name tells them apart"):
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


@pytest.mark.parametrize(
    ("field", "said"),
    [
        ({"nominal_kbps": 0}, "nominal_kbps must be a number of kbps above 0, or None, got 0"),
        ({"nominal_kbps": float("nan")}, "nominal_kbps must be a number of kbps above 0, or None, got nan"),
        ({"nominal_kbps": "6"}, "nominal_kbps must be a number of kbps above 0, or None, got '6'"),
        ({"frame": 0}, "frame must be a whole number of samples, 1 or more, or None, got 0"),
        ({"frame": 320.0}, "frame must be a whole number of samples, 1 or more, or None, got 320.0"),
        ({"lookahead": -1}, "lookahead must be a whole number of samples, 0 or more, or None, got -1"),
        ({"settings": {"x": object}}, "settings must be a mapping of texts to JSON values"),
        ({"settings": [1]}, "settings must be a mapping of texts to JSON values"),
    ],
)
def test_a_point_holds_what_it_should(field: dict[str, Any], said: str) -> None:
    with pytest.raises(ValueError, match=re.escape(f"an operating point: {said}")):
        OperatingPoint(**{"nominal_kbps": 3.0} | field)


@pytest.mark.parametrize(
    ("field", "said"),
    [
        ({"latency_ms": "20"}, "latency_ms must be a number of ms, 0 or more, or None, got '20'"),
        ({"latency_ms": float("inf")}, "latency_ms must be a number of ms, 0 or more, or None, got inf"),
        ({"macs_by_point": None}, "macs_by_point must be a mapping of texts to MACs by stage, got None"),
        ({"macs_by_point": {"3": {"encoder": "many"}}}, "macs_by_point must be a mapping of texts to MACs by stage"),
        ({"sample_rate": 24e3}, "sample_rate must be a whole number of Hz, 1 or more, got 24000.0"),
        ({"sample_rate": True}, "sample_rate must be a whole number of Hz, 1 or more, got True"),
        ({"channels": 0}, "channels must be a whole number of channels, 1 or more, got 0"),
        ({"causal": "no"}, "causal must be True or False, got 'no'"),
        ({"track": "mine"}, "track must be one of 'reference', 'published', 'untrained', 'none', got 'mine'"),
        ({"weights": "model.pt"}, "weights must be a WeightsFile, or None, got 'model.pt'"),
        ({"sources": "mypackage"}, "sources must be a tuple of texts, got 'mypackage'"),
        ({"version": 2}, "version must be text, got 2"),
        ({"latency_by_point": {"3": 20}}, "latency_by_point must be a mapping of texts to PointLatency"),
        ({"parameters": -1}, "parameters must be a whole number of parameters, 0 or more, or None, got -1"),
    ],
)
def test_each_field_holds_what_it_should(field: dict[str, Any], said: str) -> None:
    with pytest.raises(ValueError, match=re.escape(f"c:default: {said}")):
        CodecCard(**{"name": "c", "sample_rate": 8000, "points": (POINT,)} | field)


def test_what_is_not_known_may_be_none() -> None:
    card = CodecCard("c", 8000, (POINT,), licence=None, paper=None, description=None, notes=None)  # type: ignore[arg-type]
    assert (card.licence, card.paper, card.description, card.notes) == ("unknown", "", "", "")


def test_numbers_of_numpy_become_pythons() -> None:
    card = CodecCard("c", np.int64(8000), (OperatingPoint(np.float32(3.0)),), latency_ms=np.float64(5))
    assert [type(one) for one in (card.sample_rate, card.latency_ms, card.points[0].nominal_kbps)] == [
        int,
        float,
        float,
    ]


@pytest.mark.parametrize("name", ["..", ".", "...", "a\x1b[2J", "\u202eabc"])
@pytest.mark.parametrize("what", ["name", "checkpoint"])
def test_a_name_that_would_be_another_folder_or_move_the_cursor_is_refused(what: str, name: str) -> None:
    with pytest.raises(ValueError, match=f"a codec's {what} must be"):
        CodecCard(**{"name": "c", "sample_rate": 16000, "points": (POINT,), what: name})
