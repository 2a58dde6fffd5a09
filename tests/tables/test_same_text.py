"""The same cell is the same text in the terminal, Markdown, CSV, LaTeX and HTML."""

from __future__ import annotations

import csv
import html
import io
import re
from collections.abc import Mapping
from dataclasses import replace

import pytest
from made_runs import realistic

from codecbench.analysis import Findings, summarize
from codecbench.report.html import environment
from codecbench.tables import Table, as_csv, as_latex, as_markdown, as_text, build_table
from codecbench.tables.columns import TRACK, all_columns
from codecbench.tables.latex_text import SIGNS

PLAIN = {latex: sign for sign, latex in SIGNS.items() if latex.strip() not in ("", "'", "`", "~")}


@pytest.fixture(scope="module")
def table() -> Table:
    results = realistic()
    # Each utterance its own speaker: enough of them for intervals whose sides differ.
    results = replace(results, utterances=tuple(replace(row, speaker="") for row in results.utterances))
    summary = summarize(results)
    columns = [column for column in all_columns(summary).values() if column != TRACK]
    return build_table(Findings(results), columns)


def expected(table: Table) -> list[list[str]]:
    """Figure, interval and dagger of each cell, nothing between."""
    return [[squeezed(cell.whole) for cell in row.cells] for row in table.rows]


def squeezed(text: str) -> str:
    return re.sub(r"\s", "", text)


def test_realistic_is_rich_enough(table: Table) -> None:
    cells = [cell for row in table.rows for cell in row.cells]
    assert {cell.mark for cell in cells} == {"best", "second", None}
    assert any(cell.spread.startswith("±") for cell in cells)
    assert any(cell.spread.startswith("[") for cell in cells)
    assert any(cell.coverage for cell in cells)
    assert any(cell.text == "n/a" for cell in cells)
    assert any(cell.text.startswith("-") for cell in cells)


def test_terminal(table: Table) -> None:
    lines = as_text(table).splitlines()
    rule = next(line for line in lines if line.startswith("---"))
    starts = [match.start() for match in re.finditer("-+", rule)]
    body = lines[lines.index(rule) + 1 :][: len(table.rows)]
    found = [
        [squeezed(line[a:b]).rstrip("*°") for a, b in zip(starts, [*starts[1:], None], strict=True)] for line in body
    ]
    assert [row[2:] for row in found] == expected(table)


def test_markdown(table: Table) -> None:
    lines = [line for line in as_markdown(table).splitlines() if line.startswith("| ")][2:]
    found = []
    for line in lines:
        cells = re.split(r"(?<!\\)\|", line)[1:-1]
        found.append([squeezed(re.sub(r"\\(.)", r"\1", re.sub(r"\*\*|</?u>", "", cell))) for cell in cells[2:]])
    assert [row for row in found if any(row)] == expected(table)


def test_csv(table: Table) -> None:
    rows = list(csv.DictReader(io.StringIO(as_csv(table))))
    assert [[csv_cell(row, column.id) for column in table.columns] for row in rows] == expected(table)
    assert [row["pesq_wb_mark"] for row in rows] == [row.cells[1].mark or "" for row in table.rows]


def csv_cell(row: Mapping[str, str], name: str) -> str:
    partial = row[name] != "n/a" and row[f"{name}_n"] != row[f"{name}_of"]
    return squeezed(row[name] + row[f"{name}_interval"]) + ("†" if partial else "")


def test_latex(table: Table) -> None:
    found = []
    for line in as_latex(table).splitlines():
        if line.endswith(r"\\") and " & " in line and "multicolumn" not in line and "nominal" not in line:
            found.append(latex_cells(line.removesuffix(r"\\"), table))
    assert found[-len(table.rows) :] == expected(table)


def latex_cells(line: str, table: Table) -> list[str]:
    """Back from LaTeX, by the inverse of the escapes and without our own commands."""
    parts = [part.strip() for part in re.split(r"(?<!\\)&", line)][2:]
    cells = []
    for index in range(len(table.columns)):
        double = any(row.cells[index].spread for row in table.rows)
        cells.append("".join(parts.pop(0) for _ in range(1 + double)))
    return [squeezed(plain(cell)) for cell in cells]


def plain(latex: str) -> str:
    text = latex.replace("$-$", "-")
    for command, sign in PLAIN.items():
        text = text.replace(command, sign)
    return re.sub(r"\\(textbf|underline|scriptsize)|[{}]", "", text)


def test_html(table: Table) -> None:
    text = environment().get_template("table.html.j2").render(table=table, notes=[])
    body = text.partition("<tbody>")[2].partition("</tbody>")[0]
    found = []
    for row in body.split("<tr>")[1:]:
        cells = re.findall(r"<td[^>]*><span>(.*?)</span>(?:<small>(.*?)</small>)?</td>", row)
        found.append(
            [squeezed(html.unescape(figure + re.sub(r"( · )?\d+/\d+†", "†", small))) for figure, small in cells]
        )
    assert found == expected(table)


def test_the_origin_is_the_first_line(table: Table) -> None:
    for text, start in ((as_markdown(table), "<!-- codecbench: run made"), (as_latex(table), "% codecbench: run made")):
        assert text.startswith(start)
        assert "codecbench run --codecs all" in text.splitlines()[0]
    assert all(row["run"] == "made" for row in csv.DictReader(io.StringIO(as_csv(table))))
