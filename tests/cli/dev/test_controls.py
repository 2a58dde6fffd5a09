"""`codecbench dev controls hallucination` writes what it prints, and its figures beside that."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from click.testing import CliRunner

from codecbench.cli.dev.controls import controls
from codecbench.controls.hallucination import table
from codecbench.controls.hallucination.figures import ControlFigure
from codecbench.controls.hallucination.table import ControlTable
from codecbench.errors import UsageError

FIGURES = (
    ControlFigure("a", "noise", 0.25, 0.1, 0.4, 8, "at most 1"),
    ControlFigure("b", "margin", None, None, None, 0),
)


def test_the_figures_go_beside_the_table(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    made = ControlTable("probe", "r", "1", 0.5, 0.5, 2.0, FIGURES)
    monkeypatch.setattr(table, "measure_controls", lambda *_: made)
    asked = ["hallucination", "--cache", str(tmp_path / "rows"), "--out"]
    result = CliRunner().invoke(controls, [*asked, str(tmp_path / "controls.md")], catch_exceptions=False)
    assert result.output == made.markdown() == (tmp_path / "controls.md").read_text(encoding="utf-8")
    assert "| b         | margin      | n/a     | none" in result.output
    data = json.loads((tmp_path / "controls.json").read_text(encoding="utf-8"))
    assert (data["dataset"], [one["value"] for one in data["figures"]]) == ("probe", [0.25, None])
    with pytest.raises(UsageError, match="give the name of the Markdown file"):
        CliRunner().invoke(controls, [*asked, str(tmp_path / "controls.json")], catch_exceptions=False)
