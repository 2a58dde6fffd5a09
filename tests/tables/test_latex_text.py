"""Names come from strangers: nothing in them becomes markup, moves its neighbours or runs in a spreadsheet."""

from __future__ import annotations

import csv
import io

from made_runs import MadeCodec, made_results
from markdown_it import MarkdownIt

from codecbench.analysis import Findings, summarize
from codecbench.report.html import environment
from codecbench.tables import Table, as_csv, as_markdown, as_text, build_table
from codecbench.tables.selection import preset_columns

NAME = "=a|b_*c*<script>x</script>`d`[e](f)\n\u202ereversed שלום"
VISIBLE = "=a|b_*c*<script>x</script>`d`[e](f)\\n\\u202ereversed שלום"


def table() -> Table:
    results = made_results([MadeCodec(NAME, (6,))], utterances=4, meta={"command": "run\n--> <script>x</script>"})
    summary = summarize(results)
    return build_table(Findings(results), preset_columns(summary, "codec"), caption="<b>|", keep_empty=False)


def test_markdown() -> None:
    page = MarkdownIt("commonmark").enable("table").render(as_markdown(table()))
    assert "<script>" not in page.partition("-->")[2]
    assert "<code>" not in page
    assert "<a " not in page
    first = page.partition("<tbody>")[2].partition("</td>")[0]
    assert first.removeprefix("\n<tr>\n<td>") == VISIBLE.replace("<", "&lt;").replace(">", "&gt;")
    assert page.count("<tr>") == 2


def test_text_has_a_line_per_row() -> None:
    (line,) = [line for line in as_text(table()).splitlines() if line.startswith(VISIBLE)]
    assert " 6 " in line


def test_csv_runs_no_formula() -> None:
    (row,) = csv.DictReader(io.StringIO(as_csv(table())))
    assert row["codec"] == f"'{VISIBLE}"
    assert row["kbps"] == "6"


def test_html() -> None:
    text = environment().get_template("table.html.j2").render(table=table(), notes=[])
    assert "<script>" not in text
    assert "<bdi>=a|b_*c*&lt;script&gt;" in text
