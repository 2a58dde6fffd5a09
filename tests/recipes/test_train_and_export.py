"""The recipe from a manifest to a file that the plugin loads, with seconds of training."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest
import soundfile
import torch
from click.testing import CliRunner
from safetensors.torch import load_file

from codecbench.api import Audio, CodecOptions
from recipes import export as exporting
from recipes.__main__ import main
from recipes.data import clean, read_manifest, split_by_speaker
from recipes.families import FAMILIES
from recipes.losses import SpectralLoss, mel_filters


@pytest.fixture
def manifest(tmp_path: Path) -> Path:
    rng = np.random.default_rng(0)
    lines = ["id\tpath\tspeaker\tsource"]
    for index in range(80):
        soundfile.write(tmp_path / f"{index}.flac", 0.1 * rng.standard_normal(16000 + 500 * (index % 5)), 16000)
        source = "asterisk prompts" if index % 10 == 0 else "clean"
        lines.append(f"u{index}\t{index}.flac\ts{index}\t{source}")
    (tmp_path / "train.tsv").write_text("\n".join(lines) + "\n")
    (tmp_path / "eval.tsv").write_text("path\tspeaker\n1.flac\ts1\n2.flac\ts2\n")
    return tmp_path / "train.tsv"


def test_degraded_sources_and_evaluated_speakers_are_left_out(manifest: Path) -> None:
    kept = clean(read_manifest(manifest), read_manifest(manifest.with_name("eval.tsv")))
    assert len(kept) == 80 - 8 - 2
    assert not {"s0", "s10", "s1", "s2"} & {recording.speaker for recording in kept}


def test_no_speaker_is_in_both_halves_and_the_seed_decides(manifest: Path) -> None:
    recordings = read_manifest(manifest)
    split = split_by_speaker(recordings, seed=0)
    assert len(split.validation) == 6
    assert len(split.train) == split.speakers == 74
    again, other = split_by_speaker(recordings, seed=0), split_by_speaker(recordings, seed=1)
    assert [len(s) for s in split.validation] == [len(s) for s in again.validation]
    assert not all(np.array_equal(a, b) for a, b in zip(split.validation, other.validation, strict=True))


@pytest.mark.parametrize("codec", sorted(FAMILIES))
def test_trained_weights_load_into_the_plugin(
    codec: str, manifest: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    package = __import__(f"codecbench_{codec}")
    monkeypatch.setattr(exporting, "files", lambda name: tmp_path / name)
    (tmp_path / f"codecbench_{codec}").mkdir()
    threads = torch.get_num_threads()
    run(["train", codec, "--data", str(manifest), "--out", str(tmp_path / "run"), "--minutes", "0.03", "--batch", "1"])
    torch.set_num_threads(threads)
    run(["export", codec, "--from", str(tmp_path / "run")])
    weights = tmp_path / f"codecbench_{codec}" / "weights" / f"{codec}-reference.safetensors"
    assert {tensor.dtype for tensor in load_file(weights).values()} == {torch.float16}
    facts = json.loads(weights.with_suffix(".json").read_text())
    assert facts["updates"] > 0
    assert facts["seed"] == 0
    plugin = package.build(CodecOptions("reference", weights))
    point = package.REFERENCE.points[0]
    audio = Audio.mono(np.zeros(3200, np.float32), 16000)
    assert plugin.decode(plugin.encode(audio, point), point).length >= 3200


def run(arguments: list[str]) -> None:
    result = CliRunner().invoke(main, arguments, catch_exceptions=False)
    assert result.exit_code == 0, result.output


def test_the_wrong_folder_is_one_line(tmp_path: Path) -> None:
    result = CliRunner().invoke(main, ["export", "dac", "--from", str(tmp_path)])
    assert result.exit_code != 0
    with pytest.raises(SystemExit, match="no checkpoint here"):
        exporting.export("dac", tmp_path)
    (tmp_path / "progress.json").write_text('{"codec": "encodec"}')
    with pytest.raises(SystemExit, match="a checkpoint of encodec, not of dac"):
        exporting.export("dac", tmp_path)


def test_the_loss_is_zero_for_equal_signals_and_sees_phase() -> None:
    criterion = SpectralLoss()
    generator = torch.Generator().manual_seed(0)
    signal = 0.1 * torch.randn(2, 1, 8000, generator=generator)
    assert criterion(signal, signal).total == 0
    flipped = criterion(-signal, signal)
    assert flipped.mel == 0
    assert flipped.complex == pytest.approx(2.0, abs=1e-3)
    assert criterion(torch.zeros_like(signal), signal).complex == pytest.approx(1.0, abs=1e-3)


@pytest.mark.parametrize(("window", "bands"), [(2048, 128), (128, 16)])
def test_every_mel_band_sums_to_one(window: int, bands: int) -> None:
    filters = mel_filters(16000, window, bands)
    assert filters.shape == (bands, window // 2 + 1)
    assert torch.allclose(filters.sum(1), torch.ones(bands))
