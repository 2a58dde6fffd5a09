"""What an update costs: of each codec, by turns, as it is trained."""

from __future__ import annotations

from pathlib import Path

import pytest
from made_speech import write_manifest
from recipe_command import run_recipe

from codecbench.errors import UsageError
from recipes.findings.costs import FIRST, read_costs


def test_costs_are_measured_printed_and_read_again(tmp_path: Path) -> None:
    out = tmp_path / "update-costs.md"
    said = run_recipe("costs", "plain", "dac", "--data", write_manifest(tmp_path), "--rounds", "2", "--out", out)
    assert f"round {FIRST + 2} of {FIRST + 2}" in said
    costs = read_costs(out.with_suffix(".json"))
    assert list(costs.seconds) == ["plain", "dac"]
    assert min(costs.seconds.values()) > 0
    for codec, seconds in costs.seconds.items():
        (row,) = [line for line in out.read_text().splitlines() if line.startswith(f"| {codec} ")]
        assert f"{seconds:.3f}" in row
    assert costs.processor in out.read_text()


def test_another_file_is_one_line(tmp_path: Path) -> None:
    (tmp_path / "other.json").write_text('{"seconds": {}}')
    with pytest.raises(UsageError, match="not what an update costs"):
        read_costs(tmp_path / "other.json")
