from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from codecbench.controls.kept_rows import add_row, read_rows


@dataclass(frozen=True)
class Row:
    name: str
    value: float


def rows(file: Path) -> list[Row]:
    return list(read_rows(file, lambda values: Row(**values)))


def test_what_is_added_is_read_again_in_order(tmp_path: Path) -> None:
    file = tmp_path / "rows.jsonl"
    assert rows(file) == []
    for row in (first := Row("é", 0.1), second := Row("b", 2.0)):
        add_row(file, row)
    assert rows(file) == [first, second]


def test_a_line_that_was_cut_short_costs_no_other(tmp_path: Path) -> None:
    file = tmp_path / "rows.jsonl"
    add_row(file, Row("a", 1.0))
    file.write_text(file.read_text() + '{"name": "b", "va')
    add_row(file, Row("c", 3.0))
    assert rows(file) == [Row("a", 1.0), Row("c", 3.0)]


def test_rows_of_another_layout_are_left_out(tmp_path: Path) -> None:
    file = tmp_path / "rows.jsonl"
    file.write_text('{"name": "a"}\n{"name": "b", "value": 2.0, "more": 1}\n')
    add_row(file, Row("c", 3.0))
    assert rows(file) == [Row("c", 3.0)]
