"""The recipe from a manifest to a file that the plugin loads, with seconds of training."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest
import torch
from click.testing import CliRunner
from codecbench_layers.mel import mel_filters
from made_speech import write_manifest
from recipe_command import run_recipe
from safetensors.torch import load_file

from codecbench.api import Audio, CodecOptions
from codecbench.errors import UsageError
from recipes.__main__ import main
from recipes.codecs import codecs
from recipes.training import export as exporting
from recipes.training.job import WEIGHTS, read_facts
from recipes.training.losses import SpectralLoss

ROOT = Path(__file__).parents[3]
FINISHED = sorted(path.parent for path in (ROOT / "recipes" / "trained").glob("*/progress.json"))
KEPT = [path for path in FINISHED if read_facts(path)["codec"] in codecs()]
"""Without controls, which are no plugins, and what is not finished."""


@pytest.fixture(scope="module")
def manifest(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return write_manifest(tmp_path_factory.mktemp("speech"))


@pytest.mark.parametrize("codec", sorted(codecs()))
def test_trained_weights_load_into_the_plugin(
    codec: str, manifest: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    package = __import__(f"codecbench_{codec}")
    monkeypatch.setattr(exporting, "files", lambda name: tmp_path / name)
    (tmp_path / f"codecbench_{codec}").mkdir()
    train = ["train", codec, "--data", str(manifest), "--out", str(tmp_path / "run"), "--updates", "3", "--batch", "1"]
    run_recipe(*train, "--threads", torch.get_num_threads())
    run_recipe("export", codec, "--from", tmp_path / "run")
    weights = tmp_path / f"codecbench_{codec}" / "weights" / f"{codec}-reference.safetensors"
    assert {tensor.dtype for tensor in load_file(weights).values()} == {torch.float16}
    exported = weights.read_bytes()
    run_recipe("keep", "--from", tmp_path / "run", "--to", tmp_path / "kept")
    assert (tmp_path / "kept" / "average.safetensors").read_bytes() == exported
    run_recipe("export", codec, "--from", tmp_path / "kept")
    assert weights.read_bytes() == exported
    facts = json.loads(weights.with_suffix(".json").read_text())
    assert facts["updates"] == 3
    assert facts["audio_seconds"] == pytest.approx(2.4)
    assert len(facts["manifest_sha256"]) == 64
    card = weights.with_suffix(".md").read_text()
    assert "3 updates of 1 crops of 0.8 s" in card
    assert all(f"{point.settings['codebooks']} |" in card for point in package.REFERENCE.points)
    plugin = package.build(CodecOptions("reference", weights))
    point = package.REFERENCE.points[0]
    audio = Audio.mono(np.zeros(3200, np.float32), 16000)
    assert plugin.decode(plugin.encode(audio, point), point).length >= 3200


def test_the_wrong_folder_is_one_line(tmp_path: Path) -> None:
    result = CliRunner().invoke(main, ["export", "dac", "--from", str(tmp_path)])
    assert result.exit_code == 2
    assert result.output == f"Error: {tmp_path}: no finished training here; `python -m recipes train` makes one\n"
    with pytest.raises(UsageError, match="no finished training here"):
        exporting.export("dac", tmp_path)
    (tmp_path / "progress.json").write_text('{"codec": "encodec"}')
    with pytest.raises(UsageError, match="a training of encodec, not of dac"):
        exporting.export("dac", tmp_path)


def test_the_loss_is_zero_for_equal_signals_and_sees_phase() -> None:
    criterion = SpectralLoss()
    generator = torch.Generator().manual_seed(0)
    signal = 0.1 * torch.randn(2, 1, 8000, generator=generator)
    assert criterion(signal, signal).total == pytest.approx(0.0, abs=1e-9)
    flipped = criterion(-signal, signal)
    assert flipped.mel == 0
    assert flipped.complex == pytest.approx(2.0, abs=1e-3)
    assert criterion(torch.zeros_like(signal), signal).complex == pytest.approx(1.0, abs=1e-3)


@pytest.mark.parametrize(("window", "bands"), [(2048, 128), (128, 16)])
def test_every_mel_band_sums_to_one(window: int, bands: int) -> None:
    filters = mel_filters(16000, window, bands)
    assert filters.shape == (bands, window // 2 + 1)
    assert torch.allclose(filters.sum(1), torch.ones(bands))


@pytest.mark.parametrize("kept", KEPT, ids=lambda path: path.name)
def test_what_is_kept_exports_into_a_plugin_that_codes(
    kept: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    facts = read_facts(kept)
    package = __import__(f"codecbench_{facts['codec']}")
    monkeypatch.setattr(exporting, "files", lambda name: tmp_path / name)
    (tmp_path / f"codecbench_{facts['codec']}").mkdir()
    weights = exporting.export(facts["codec"], kept)
    assert weights.read_bytes() == (kept / WEIGHTS).read_bytes()
    assert f"{facts['updates']} updates" in weights.with_suffix(".md").read_text().replace(",", "")
    plugin, point = package.build(CodecOptions("reference", weights)), package.REFERENCE.points[-1]
    time = np.arange(16000) / 16000
    audio = Audio.mono((0.1 * np.sin(2 * np.pi * 200 * time)).astype(np.float32), 16000)
    decoded = plugin.decode(plugin.encode(audio, point), point).samples[0, :16000]
    assert np.corrcoef(decoded, audio.samples[0])[0, 1] > 0.5
