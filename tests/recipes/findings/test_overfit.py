"""A training is judged on what it saw and on what it did not, at its highest bitrate."""

from __future__ import annotations

from pathlib import Path

import pytest
import torch
from made_speech import write_manifest
from markdown_cells import cells
from recipe_command import run_recipe


@pytest.fixture(scope="module")
def trained(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("overfit")
    arguments = ["train", "plain", "--data", write_manifest(folder), "--out", folder / "run", "--updates", 3]
    run_recipe(*arguments, "--batch", 1, "--threads", torch.get_num_threads())
    return folder


def test_seen_and_held_out_speech_stand_below_each_other(trained: Path) -> None:
    table = cells(run_recipe("overfit", "--from", trained / "run", "--data", trained / "train.tsv"))
    assert table[0] == ["plain", "clips", "PESQ-WB", "ESTOI", "log mel distance"]
    assert [row[0] for row in table[2:]] == ["seen", "held out"]
    assert int(table[2][1]) + int(table[3][1]) == 10 - 2, "the test has two of ten"
    assert all(float(row[-1]) > 0 for row in table[2:])


def test_another_manifest_is_one_line(trained: Path, tmp_path: Path) -> None:
    other = write_manifest(tmp_path, speakers=11)
    said = run_recipe("overfit", "--from", trained / "run", "--data", other, status=2)
    assert said.endswith("run: trained on another manifest than --data\n")
