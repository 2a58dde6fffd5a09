from __future__ import annotations

from pathlib import Path

import pytest
from made_speech import write_manifest
from recipe_command import run_recipe
from safetensors.torch import load_file

from recipes.vocoded.job import FACTS, WEIGHTS

pytest.importorskip("pycodec2")


def test_a_training_is_gone_on_with_and_leaves_weights(tmp_path: Path) -> None:
    manifest = write_manifest(tmp_path)
    arguments = ("vocoded", "--data", manifest, "--out", tmp_path / "out", "--updates", 10, "--batch", 1)
    assert "stopped after 0 of 10 updates; the same command goes on" in run_recipe(*arguments, "--minutes", 0)
    told = run_recipe("vocoded-export", "--from", tmp_path / "out", status=2)
    assert "no finished training; `python -m recipes vocoded` makes one" in told
    assert "log mel distance on whole recordings" in run_recipe(*arguments)
    assert (tmp_path / "out" / FACTS).is_file()
    weights = load_file(tmp_path / "out" / WEIGHTS)
    assert "decoder.embed.weight" in weights
    assert "holds another training" in run_recipe(*arguments, "--updates", 20, status=2)
