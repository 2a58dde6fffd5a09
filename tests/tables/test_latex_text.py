from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from codecbench.tables.latex_text import SIGNS, escape


@pytest.mark.parametrize(("text", "latex"), [
    ("a--b---c", "a-{}-b-{}-{}-c"),
    ("é", r"\'{e}"),
    ("e\u0301", r"\'{e}"),
    ("ï", r"\"{\i}"),
    ("ab שלום c", "ab [U+05E9 U+05DC U+05D5 U+05DD] c"),
    ("א ב", "[U+05D0] [U+05D1]"),
    ("\u202e", "[U+202E]"),
    ("a\nb", "a[U+000A]b"),
    ("", ""),
])  # fmt: skip
def test_each_kind_of_sign(text: str, latex: str) -> None:
    assert escape(text) == latex


@given(st.text())
def test_whatever_comes_in_is_plain_ascii_without_a_line_break(text: str) -> None:
    latex = escape(text)
    assert latex.isascii()
    assert latex.isprintable()
    assert "--" not in latex


@given(st.lists(st.sampled_from(list("%#&_{}$^~\\"))).map("".join))
def test_no_special_sign_is_left_bare(text: str) -> None:
    rest = escape(text)
    for latex in sorted(SIGNS.values(), key=len, reverse=True):
        rest = rest.replace(latex, "")
    assert rest == ""
