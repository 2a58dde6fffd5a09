from __future__ import annotations

from dataclasses import replace

from made_tables import strange_table

from codecbench.tables.web import as_html


def test_names_of_strangers_stay_text() -> None:
    table = strange_table()
    html = as_html(replace(table, notes=("<script>alert(1)</script>",)))
    assert "<script>" not in html
    assert "&lt;script&gt;" in html
    assert html.count("<tr>") == 1 + len(table.rows)
