"""The units' recipe from a manifest to a file that the plugin loads, with seconds of training."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest
import torch
from codecbench_units import build
from made_speech import write_manifest
from recipe_command import run_recipe
from safetensors.torch import load_file, save_file

from codecbench.api import Audio, CodecOptions
from recipes.training import small


@pytest.fixture(scope="module")
def manifest(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return write_manifest(tmp_path_factory.mktemp("speech"))


def train(manifest: Path, out: Path, *more: object, status: int = 0) -> str:
    common = ("--data", manifest, "--out", out, "--updates", 12, "--batch", 1, "--threads", torch.get_num_threads())
    return run_recipe("units", *common, *more, status=status)


@pytest.fixture(scope="module")
def trained(manifest: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    out = tmp_path_factory.mktemp("units")
    assert "log mel distance" in train(manifest, out)
    return out


def test_what_is_trained_is_exported_and_codes(trained: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(small, "files", lambda name: tmp_path / name)
    (tmp_path / "codecbench_units").mkdir()
    run_recipe("units-export", "--from", trained)
    weights = tmp_path / "codecbench_units" / "weights" / "units-logmel.safetensors"
    assert {tensor.dtype for tensor in load_file(weights).values()} == {torch.float16}
    facts = json.loads(weights.with_suffix(".json").read_text())
    assert (facts["updates"], facts["seed"]) == (12, 0)
    assert facts["test_mel"] > 0
    codec = build(CodecOptions("logmel", weights))
    audio = Audio.mono(0.1 * np.random.default_rng(0).standard_normal(16000).astype(np.float32), 16000)
    point = codec.card.points[0]
    assert codec.decode(codec.encode(audio, point), point).length >= 16000


def test_the_same_command_is_done_and_gives_the_same_weights(trained: Path, manifest: Path, tmp_path: Path) -> None:
    train(manifest, tmp_path)
    first, second = (load_file(folder / "units-logmel.safetensors") for folder in (trained, tmp_path))
    assert all(torch.equal(first[name], second[name]) for name in first)


def test_another_training_in_the_folder_is_refused(trained: Path, manifest: Path) -> None:
    assert "seed 0 instead of 1" in train(manifest, trained, "--seed", 1, status=2)


def test_what_cannot_be_is_one_line(manifest: Path, tmp_path: Path) -> None:
    assert "--model and --centres belong together" in train(manifest, tmp_path, "--model", tmp_path, status=2)
    assert "no finished training" in run_recipe("units-export", "--from", tmp_path, status=2)


@pytest.mark.parametrize("wrong", ["shape", "two", "text"])
def test_centres_that_do_not_fit_are_one_line(wrong: str, manifest: Path, tmp_path: Path) -> None:
    from codecbench_units.checkpoint import UnitsNetwork

    from codecbench.errors import UsageError
    from recipes.units.job import HiddenUnits, _take_centres, read_centres

    path = tmp_path / ("centres.npy" if wrong == "text" else "centres.safetensors")
    if wrong == "text":
        path.write_text("1 2 3")
    else:
        save_file({name: torch.zeros(50, 8) for name in (("a", "b") if wrong == "two" else ("a",))}, path)
    with pytest.raises(
        UsageError, match={"shape": r"centres \[50, 8\]", "two": "2 tensors", "text": "no array"}[wrong]
    ):
        _take_centres(UnitsNetwork(8), HiddenUnits(tmp_path, path, 1)) if wrong == "shape" else read_centres(path)
