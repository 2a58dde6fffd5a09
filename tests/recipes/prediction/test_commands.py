"""The predictor's recipe, with seconds of training: what is trained is what the plugin computes."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest
import torch
from codecbench_predictive import CARDS, CONFIGURATIONS, build
from codecbench_predictive.config import PredictorConfiguration
from codecbench_predictive.predictor import Predictor
from made_speech import write_manifest
from recipe_command import run_recipe
from safetensors.torch import load_file

from codecbench.api import CodecOptions
from recipes.prediction.network import PredictorNetwork
from recipes.training import small


@pytest.fixture(scope="module")
def manifest(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return write_manifest(tmp_path_factory.mktemp("speech"), seconds=2.1)


def train(manifest: Path, out: Path, *more: object, status: int = 0) -> str:
    common = ("--data", manifest, "--out", out, "--updates", 12, "--batch", 2, "--threads", torch.get_num_threads())
    return run_recipe("prediction", "vocodec", *common, *more, status=status)


@pytest.fixture(scope="module")
def trained(manifest: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    out = tmp_path_factory.mktemp("prediction")
    assert "bits a code" in train(manifest, out)
    return out


def test_the_network_and_the_plugin_find_the_same_probabilities() -> None:
    """In floating point and in whole numbers, over codes that go on for 30 frames."""
    size = PredictorConfiguration(dimension=10, codebooks=4, size=64, state=12, inner=9, features=5)
    torch.manual_seed(0)
    vectors = np.random.default_rng(0).standard_normal((4, 64, 10))
    network = PredictorNetwork(size, vectors)
    with torch.no_grad():
        for parameter in network.parameters():
            parameter.add_(0.1 * torch.randn(parameter.shape))
    codes = torch.randint(64, (1, 3, 30))
    bits = network(codes, torch.arange(3))[0].detach().numpy()
    weights = {name: tensor.float().numpy() for name, tensor in network.weights().items()}
    prediction = Predictor(size, weights, vectors).start(3)
    for frame in range(30):
        for book in range(3):
            likely, code = prediction.frequencies(), int(codes[0, book, frame])
            assert -np.log2(likely[code] / likely.sum()) == pytest.approx(bits[book, frame], abs=0.05)
            prediction.take(code)


def test_what_is_trained_is_exported_and_codes(trained: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(small, "files", lambda name: tmp_path / name)
    (tmp_path / "codecbench_predictive").mkdir()
    run_recipe("prediction-export", "vocodec", "--from", trained)
    weights = tmp_path / "codecbench_predictive" / "weights" / "predictive-vocodec.safetensors"
    assert {name: tuple(tensor.shape) for name, tensor in load_file(weights).items()} == CONFIGURATIONS[
        "vocodec"
    ].shapes
    facts = json.loads(weights.with_suffix(".json").read_text())
    assert facts["updates"] == 12
    assert facts["test_bits"].keys() == {"2", "4", "6", "12"}
    build(CodecOptions("vocodec", weights))
    assert "no finished training for encodec" in run_recipe("prediction-export", "encodec", "--from", trained, status=2)


def test_a_training_goes_on_and_another_is_refused(trained: Path, manifest: Path, tmp_path: Path) -> None:
    assert "stopped after" in train(manifest, tmp_path, "--minutes", 0)
    train(manifest, tmp_path)
    first, second = (load_file(folder / "predictive-vocodec.safetensors") for folder in (trained, tmp_path))
    assert all(torch.equal(first[name], second[name]) for name in first)
    assert "seed 0 instead of 1" in train(manifest, tmp_path, "--seed", 1, status=2)


def test_savings_are_measured_of_real_payloads(manifest: Path) -> None:
    printed = run_recipe("prediction-savings", "vocodec", "--data", manifest, "--limit", 1)
    rows = [line.split("|")[1:-1] for line in printed.splitlines() if line.startswith("|")][2:]
    assert [row[0].strip() for row in rows] == ["1", "2", "3", "6"]
    assert CARDS[1].checkpoint == "vocodec"
    for row in rows:
        fixed, order_0, predicted = (float(cell) for cell in row[1:4])
        assert predicted > 0
        assert order_0 > 0
        assert fixed == pytest.approx(float(row[0]), rel=0.02)
