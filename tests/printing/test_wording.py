from __future__ import annotations

import pytest

from codecbench.printing.figures import Style
from codecbench.printing.wording import count, percent, signed, small

MOS, PERCENT = Style(1.0, 2, "MOS"), Style(100.0, 1, "%")


@pytest.mark.parametrize(("style", "value", "text"), [
    (MOS, 0.0123, "+0.012"), (MOS, -0.0123, "-0.012"), (PERCENT, 0.0251, "+2.5"), (MOS, 0.0, "0"), (MOS, None, "–"),
    (MOS, float("nan"), "–"), (MOS, float("inf"), "–"),
])  # fmt: skip
def test_a_difference_has_its_sign_and_what_is_none_has_none(style: Style, value: float | None, text: str) -> None:
    assert signed(style, value) == text
    assert small(style, value) == text.removeprefix("+")


def test_counts_and_shares() -> None:
    assert [count(number, "cell") for number in (0, 1, 2)] == ["0 cells", "1 cell", "2 cells"]
    assert [percent(share) for share in (0.126, 1.0, None)] == ["13 %", "100 %", "–"]
