from __future__ import annotations

import json
from pathlib import Path

import pytest

from recipes.documents.trained import TRAINED, trained_tables


def test_each_kept_training_is_a_table_of_its_own_figures() -> None:
    kept = [json.loads(file.read_text()) for file in sorted(TRAINED.glob("*/progress.json"))]
    tables = trained_tables().split("\n\n")
    assert len(tables) == len(kept) > 1
    for progress, table in zip(kept, tables, strict=True):
        assert f"{progress['validation']['12']['estoi']:.3f}" in table
        assert table.count("|---") == 6


def test_the_test_is_the_mean_over_its_clips(tmp_path: Path) -> None:
    clips = {"a": {"estoi": 0.4, "pesq_wb": 1.0}, "b": {"estoi": 0.6, "pesq_wb": 2.0}}
    points = {count: {"estoi": 0.7, "pesq_wb": 1.5, "clips": 12.0} for count in ("2", "4", "6", "12")}
    progress = {"codec": "vocodec", "rate": 1e-3, "seed": 0, "cpu_seconds": 10.0, "updates": 100, "validation": points,
                "test": dict.fromkeys(points, clips), "unquantized": clips}  # fmt: skip
    (tmp_path / "one").mkdir()
    (tmp_path / "one" / "progress.json").write_text(json.dumps(progress))
    table = trained_tables(tmp_path)
    assert "rate 0.001, seed 0, 0.100 CPU s an update" in table
    assert "| test, 2 speakers, whole utterances: ESTOI | 0.500 | 0.500 | 0.500 | 0.500 | 0.500 |" in table


@pytest.mark.parametrize("codec", ["vocodec", "ibpcodec"])
def test_kept_weights_are_small(codec: str) -> None:
    assert (TRAINED / f"{codec}-medium" / "average.safetensors").stat().st_size < 8e6
