from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from made_tables import VISIBLE, strange_table
from markdown_it import MarkdownIt

from codecbench.tables import as_markdown
from codecbench.tables.markdown import escape, figure
from codecbench.tables.table import TableCell


def test_a_strangers_name_is_no_markup() -> None:
    page = MarkdownIt("commonmark").enable("table").render(as_markdown(strange_table()))
    assert "<script>" not in page.partition("-->")[2]
    assert "<code>" not in page
    assert "<a " not in page
    first = page.partition("<tbody>")[2].partition("</td>")[0]
    assert first.removeprefix("\n<tr>\n<td>") == VISIBLE.replace("<", "&lt;").replace(">", "&gt;")
    assert page.count("<tr>") == 2


@given(st.text(st.characters(blacklist_categories=("C", "Z")), min_size=1, max_size=12))
def test_any_text_in_a_cell_is_read_back_as_it_is(text: str) -> None:
    page = MarkdownIt("commonmark").enable("table").render(f"| a |\n| --- |\n| x{escape(text)}x |\n")
    cell = page.partition("<td>")[2].partition("</td>")[0]
    plain = cell.replace("&lt;", "<").replace("&gt;", ">").replace("&quot;", '"').replace("&amp;", "&")
    assert plain == f"x{text}x"


@pytest.mark.parametrize(("cell", "text"), [
    (TableCell("2.41", "±0.08", mark="best"), "**2.41** ±0.08"),
    (TableCell("2.41", mark="second"), "<u>2.41</u>"),
    (TableCell("-1", "[-2, 3]", n=22, planned=24), "\\-1 \\[-2, 3\\]†"),
])  # fmt: skip
def test_a_mark_is_around_the_figure_alone(cell: TableCell, text: str) -> None:
    assert figure(cell) == text
