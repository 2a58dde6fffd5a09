"""Every figure of "All figures" against the store, computed again from the rows of results.sqlite alone."""

from __future__ import annotations

import json
import sqlite3
from math import fsum
from pathlib import Path
from typing import Any

import pytest
from made_runs import realistic, store_results
from made_tables import strange_table

from codecbench.analysis import Findings
from codecbench.report.html import environment
from codecbench.report.page import Page
from codecbench.report.table import section
from codecbench.store import Store
from codecbench.store.ids import CodecId

QUERY = """
SELECT codec, checkpoint, point, metric, status, numerator, denominator
FROM current_scores JOIN scores USING (key)
"""
IDS = "return [...document.querySelectorAll('#figures thead th')].map(h => h.dataset.column || '')"
CELLS = """
const figure = (cell) => cell.tagName === "TH"
  ? cell.querySelector("bdi").textContent + " " + cell.querySelector(".point").textContent
  : cell.querySelector("span").textContent;
return [...document.querySelectorAll("#figures tbody tr")].map((row) => [...row.cells].map(figure));
"""


def printed(folder: Path) -> dict[tuple[str, str, str, str], str]:
    """Codec, checkpoint, point, metric: the figure's text, by hand."""
    connection = sqlite3.connect(folder / "results.sqlite")
    cards = {row[0]: json.loads(row[1]) for row in connection.execute("SELECT id, card FROM metrics")}
    found: dict[tuple[str, str, str, str], list[tuple[float, float]]] = {}
    for codec, checkpoint, point, metric, status, numerator, denominator in connection.execute(QUERY):
        rows = found.setdefault((codec, checkpoint, point, metric), [])
        if status == "ok":
            rows.append((numerator, denominator))
    return {key: text(cards[key[3]], rows) for key, rows in found.items()}


def text(card: dict[str, Any], rows: list[tuple[float, float]]) -> str:
    if not rows:
        return "n/a"
    if card["pooling"] == "ratio":
        return f"{100 * fsum(n for n, _ in rows) / fsum(d for _, d in rows):.1f}"
    mean = fsum(n / d for n, d in rows) / len(rows)
    digits = 3 if card["low"] is not None and card["high"] is not None and card["high"] - card["low"] <= 2.5 else 2
    figure = f"{mean:.{digits}f}"
    return figure.lstrip("-") if float(figure) == 0 else figure


def rendered(folder: Path) -> str:
    with Store(folder) as store:
        results = store.results()
    page = Page(Findings(results), folder, "none")
    content = section(page)
    return environment().get_template("table.html.j2").render(summary=page.summary, **content.values)


def test_every_figure_is_the_stores(browser: Any, tmp_path: Path) -> None:
    """In a real DOM, as a reader's browser has it."""
    folder = store_results(realistic(), tmp_path / "run")
    path = tmp_path / "table.html"
    path.write_text(f"<meta charset=utf-8>{rendered(folder)}", encoding="utf-8")
    browser.get(path.as_uri())
    ids, rows = browser.execute_script(IDS), browser.execute_script(CELLS)
    expected = printed(folder)
    seen = 0
    for row in rows:
        codec, point = row[0].rsplit(" ", 1)
        places = {key[:3] for key in expected if CodecId(*key[:2]).name == codec.rstrip("‡") and key[2] == point}
        (place,) = places
        for column, figure in zip(ids, row, strict=True):
            if (*place, column) in expected:
                assert figure == expected[*place, column], (place, column)
                seen += 1
    assert seen == len(expected)


@pytest.mark.parametrize(
    "what", ["Fewer utterances have a figure", "Bold: shown to be better", "Why figures are missing"]
)
def test_what_explains_the_figures_is_there(tmp_path: Path, what: str) -> None:
    assert what in rendered(store_results(realistic(), tmp_path / "run"))


def test_a_strangers_name_is_no_markup() -> None:
    text = environment().get_template("table.html.j2").render(table=strange_table(), notes=[])
    assert "<script>" not in text
    assert "<bdi>=a|b_*c*&lt;script&gt;" in text
