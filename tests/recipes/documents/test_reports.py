"""How figures are worded."""

from __future__ import annotations

import pytest

from codecbench.errors import UsageError
from recipes.documents.reports import bullets, listed, require, rows, share


@pytest.mark.parametrize(
    ("value", "text"), [(0.935, ".94"), (0.0, "0"), (1.0, "1.0"), (0.998, "1.0"), (None, "n/a"), (0.1, ".10")]
)
def test_shares(value: float | None, text: str) -> None:
    assert share(value) == text


def test_lists_tables_and_bullets() -> None:
    assert [listed(["a"]), listed(["a", "b"]), listed(["a", "b", "c"])] == ["a", "a and b", "a, b and c"]
    assert rows("| a | b |", [["1", ""]]) == "| a | b |\n|---|---|\n| 1 | |"
    first, second = bullets("word " * 30).splitlines()
    assert first.startswith("- word")
    assert second.startswith("  word")
    assert len(first) <= 120


def test_what_the_figures_contradict_must_be_rewritten() -> None:
    require(True, "all is well")
    with pytest.raises(UsageError, match=r"no longer bear out this sentence.*all is well"):
        require(False, "all is well")
