"""descript-audio-codec itself, in an environment that the command makes: it agrees with our reading of its weights."""

from __future__ import annotations

import time
from pathlib import Path

import numpy as np
import pytest
import torch
from codecbench_dac import OFFICIAL, build
from codecbench_dac.config import DacConfiguration
from original_dac import to_original
from running import codecbench, read_summary

from codecbench.api import Audio, CodecOptions
from codecbench.environments.codec import SideCodec
from codecbench.plugins import registry

KWARGS = {"sample_rate": 16000, "encoder_rates": [2, 4, 5, 8], "decoder_rates": [8, 5, 4, 2], "n_codebooks": 12}
TOLERANCE = 1e-5


@pytest.fixture(scope="module")
def weights(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A checkpoint in the layout of the published one, drawn at random."""
    torch.manual_seed(3)
    state = to_original(DacConfiguration.descript_16khz().build().state_dict())
    file = tmp_path_factory.mktemp("weights") / "weights_16khz.pth"
    torch.save({"state_dict": state, "metadata": {"kwargs": KWARGS}}, file)
    return file


@pytest.fixture(scope="module")
def cache(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("cache")


@pytest.fixture(scope="module")
def made(weights: Path, cache: Path, clips: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A run from nothing, and the same again."""
    out = tmp_path_factory.mktemp("official") / "run"
    run = (
        "run", "--codecs", "dac:official", "--weights", f"dac:official={weights}", "--dataset", clips, "--limit", 1,
        "--bitrates", "6", "--metrics", "si_sdr", "--cost", "none", "--keep-audio", "none", "--out", out,
    )  # fmt: skip
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("CODECBENCH_CACHE", str(cache))
        first = codecbench(*run, timeout=900)
        assert first.returncode == 0, first.stderr
        assert "dac:official: its environment is made: Python 3." in first.stderr
        second = codecbench(*run, timeout=900)
    assert second.returncode == 0, second.stderr
    assert "environment" not in second.stderr
    assert read_summary(out)["run"]["computed"] == 0
    return out


def test_its_packages_are_recorded_and_its_codes_counted(made: Path) -> None:
    (kept,) = read_summary(made)["run"]["environments"].values()
    assert kept["packages"]["descript-audio-codec"] == "1.0.0"
    assert kept["packages"]["protobuf"].startswith("3.19")  # which is why it has an environment of its own
    (row,) = read_summary(made)["rows"]
    assert row["measured_kbps"] == pytest.approx(6.0, rel=0.02)
    assert [codebook["size"] for codebook in row["codebooks"]] == [1024] * 12


@pytest.mark.usefixtures("made")
def test_codes_are_equal_audio_agrees_and_the_pipe_costs_little(
    weights: Path, cache: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("CODECBENCH_CACHE", str(cache))
    ours = build(CodecOptions("descript-16khz", weights))
    official = registry().codecs["dac:official"].factory(CodecOptions("official", weights))
    assert isinstance(official, SideCodec)
    noise = np.random.default_rng(0).standard_normal((1, 16000)).astype(np.float32)
    audio = Audio(0.1 * noise, 16000)
    for label in ("1", "6"):
        point = OFFICIAL.point(label)
        payload = official.encode(audio, point)
        assert payload == ours.encode(audio, point)
        codes = np.asarray(official.codes(payload, point))  # type: ignore[attr-defined]
        assert len(np.unique(codes)) > 20  # random weights, but codes that say something
        theirs, mine = official.decode(payload, point), ours.decode(payload, point)
        assert mine.length - theirs.length == 8
        assert np.abs(theirs.samples - mine.samples[:, : theirs.length]).max() < TOLERANCE
        assert np.abs(theirs.samples).max() > 100 * TOLERANCE
    assert official.parameters() == sum(
        value.numel() for value in torch.load(weights, weights_only=True)["state_dict"].values()
    )
    before, start = official.seconds.wall, time.perf_counter()
    official.decode(official.encode(audio, OFFICIAL.points[0]), OFFICIAL.points[0])
    beside = time.perf_counter() - start - (official.seconds.wall - before)
    print(f"\nan utterance costs {1000 * beside:.1f} ms beside the codec")
    official.close()


def test_without_its_weights_nothing_is_made(tmp_path: Path, clips: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CODECBENCH_CACHE", str(tmp_path))
    result = codecbench(
        "run", "--codecs", "dac:official,pcm", "--dataset", clips, "--metrics", "si_sdr", "--cost", "none", "--out",
        tmp_path / "run",
    )  # fmt: skip
    assert result.returncode == 3
    assert "`codecbench weights pull dac:official`" in result.stderr
    assert not (tmp_path / "environments").exists()
