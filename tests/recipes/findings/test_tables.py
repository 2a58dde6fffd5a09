from __future__ import annotations

from recipes.findings.tables import table


def test_cells_are_printed_as_they_are_written() -> None:
    lines = table([["a", "0.10"], ["b", "1e3"]], ["codec", "figure"]).splitlines()
    assert lines[2:] == ["| a       | 0.10     |", "| b       | 1e3      |"]
