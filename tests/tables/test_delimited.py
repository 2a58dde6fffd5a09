from __future__ import annotations

import csv
import io
from dataclasses import replace

import pytest
from made_tables import VISIBLE, strange_table

from codecbench.tables import as_csv
from codecbench.tables.delimited import safe
from codecbench.tables.table import PublishedBlock, PublishedRow


def test_csv_runs_no_formula() -> None:
    (row,) = csv.DictReader(io.StringIO(as_csv(strange_table())))
    assert row["codec"] == f"'{VISIBLE}"
    assert row["kbps"] == "6"


@pytest.mark.parametrize(
    ("text", "written"), [("=1+1", "'=1+1"), ("@x", "'@x"), ("-3", "'-3"), ("a=b", "a=b"), ("", "")]
)
def test_what_a_spreadsheet_would_run_has_an_apostrophe(text: str, written: str) -> None:
    assert safe(text) == written


def test_published_figures_follow_with_their_source() -> None:
    plain = strange_table()
    cells = ("2.5", *[""] * (len(plain.columns) - 1))
    block = PublishedBlock((PublishedRow("encodec:x", "6", "a", cells),), (("a", "A paper, with a comma"),))
    rows = list(csv.DictReader(io.StringIO(as_csv(replace(plain, published=block)))))
    assert rows[0]["published"] == ""
    last = rows[-1]
    assert (last["codec"], last["checkpoint"], last["kbps"]) == ("encodec", "x", "6")
    assert last["published"] == "A paper, with a comma"
    assert last[plain.columns[0].id] == "2.5"
