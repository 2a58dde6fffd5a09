from __future__ import annotations

import pytest

from codecbench.bitrates import Bitrates
from codecbench.errors import UsageError


@pytest.mark.parametrize(
    ("text", "label", "kbps", "taken"),
    [
        ("1.5", "1.57", 1.57, True),
        ("1.5", "1.6", 1.6, False),
        ("3,1-2", "0.96", 0.96, True),
        ("q3", "q3", None, True),
        ("q3", "q4", None, False),
        ("6", "q3", None, False),
        ("6", "fec", 6.0, True),
        ("fec,12", "fec", 6.0, True),
        ("fec,12", "6", 6.0, False),
    ],
)
def test_points_are_met_by_rate_or_by_name(text: str, label: str, kbps: float | None, taken: bool) -> None:
    assert Bitrates.parse(text).take(label, kbps) is taken


@pytest.mark.parametrize("text", ["", "1,", "6-3", "0", "-3", "1-2-3", "1.5 kbps", "=3"])
def test_what_is_neither_is_refused(text: str) -> None:
    with pytest.raises(UsageError, match="--bitrates"):
        Bitrates.parse(text)
