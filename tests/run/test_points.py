from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from codecbench.api import CodecCard, OperatingPoint
from codecbench.bitrates import NEAR, Bitrates
from codecbench.errors import UsageError
from codecbench.run.points import select_points

CARD = CodecCard("c", 16000, tuple(map(OperatingPoint, (32.0, 6.0, 8.0, 12.0, 16.0, 24.0))))


def labels(bitrates: str | None) -> list[str]:
    return [point.label for point in select_points(CARD, bitrates)]


@pytest.mark.parametrize(
    ("bitrates", "expected"),
    [
        ("6", ["6"]), ("6.2", ["6"]), ("6,24", ["6", "24"]), ("6-12", ["6", "8", "12"]),
        ("6 - 8, 32", ["6", "8", "32"]), ("11.5-100", ["12", "16", "24", "32"]), ("6.31", ["6"]), ("6.4", []),
    ],
)  # fmt: skip
def test_points_near_what_is_asked_for(bitrates: str, expected: list[str]) -> None:
    assert labels(bitrates) == expected


def test_points_without_a_bitrate_are_met_by_name_and_come_last() -> None:
    points = (OperatingPoint(None, name="q5"), OperatingPoint(6.0), OperatingPoint(6.0, name="fec"),
              OperatingPoint(None, name="q1"), OperatingPoint(3.0))  # fmt: skip
    card = CodecCard("c", 16000, points)
    chosen = {text: [point.label for point in select_points(card, text)] for text in (None, "6", "fec,q1", "1-100")}
    assert chosen == {None: ["3", "6", "fec", "q5", "q1"], "6": ["6", "fec"], "fec,q1": ["fec", "q1"],
                      "1-100": ["3", "6", "fec"]}  # fmt: skip


def test_all_of_them_the_lowest_first() -> None:
    assert labels(None) == ["6", "8", "12", "16", "24", "32"]


@given(st.floats(0.1, 500), st.floats(0.1, 500))
def test_a_range_holds_what_is_within_it(one: float, other: float) -> None:
    low, high = sorted((round(one, 3), round(other, 3)))
    chosen = {point.nominal_kbps for point in select_points(CARD, f"{low}-{high}")}
    assert chosen >= {point.nominal_kbps for point in CARD.points if low <= point.nominal_kbps <= high}
    assert all(low * (1 - NEAR) <= kbps <= high * (1 + NEAR) for kbps in chosen)


@pytest.mark.parametrize("text", ["", "1,,2", "3-1", "0", "1-", "-1", "1;2", "1 2"])
def test_anything_else_is_one_line(text: str) -> None:
    with pytest.raises(UsageError, match="--bitrates"):
        Bitrates.parse(text)
