from __future__ import annotations

import pytest

from codecbench.errors import UsageError
from codecbench.names import names


def test_names_are_trimmed_and_doubles_dropped_kept_or_refused() -> None:
    assert names(" a, b,a", "--metrics") == ("a", "b")
    assert names("a,b,a", "--columns", doubles="keep") == ("a", "b", "a")
    assert names(None, "--metrics") is None
    with pytest.raises(UsageError, match=r"^--metrics 'a,b,a': 'a' is named twice$"):
        names("a,b,a", "--metrics", doubles="refuse")


@pytest.mark.parametrize("text", ["", "a,,b", "a,", " "])
def test_an_empty_name_is_one_line(text: str) -> None:
    with pytest.raises(UsageError, match=f"^--codecs '{text}': expected names separated by commas$"):
        names(text, "--codecs")
