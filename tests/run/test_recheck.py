"""What decides a codec's results and is in no hash: a change of it is seen by its effect, and nothing old is reused."""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from running import codecbench, install_plugin, read_summary

from codecbench.store import Store

CODEC = """
import sys
import numpy as np
from codecbench.api import Audio, CodecCard, OperatingPoint, hookimpl
FOLDER = {folder!r}
{body}
class C:
    def __init__(self, options): self.before, self.after = gains()
    def encode(self, audio, point):
        return (np.clip(audio.samples[0] * self.before, -1, 1) * 32767).astype("<i2").tobytes()
    def decode(self, payload, point):
        return Audio.mono(np.frombuffer(payload, "<i2") / 32767 * self.after, 16000)
@hookimpl
def codecbench_register_codecs(register):
    register(CodecCard("trained", 16000, (OperatingPoint(256), OperatingPoint(128))), C)
"""
READS = {
    "a checkpoint of the decoder": "def gains(): return 1.0, float(np.load(FOLDER + '/gain.npy'))",
    "a checkpoint of the encoder": "def gains(): return float(np.load(FOLDER + '/gain.npy')), 1.0",
    "a module beside": "sys.path.append(FOLDER)\ndef gains():\n    import helper\n    return 1.0, helper.GAIN",
    "a file that no Python opens": (
        "def gains():\n    from safetensors.numpy import load_file\n"
        "    return 1.0, float(load_file(FOLDER + '/gain.safetensors')['gain'][0])"
    ),
    "the environment": "import os\ndef gains(): return 1.0, float(os.environ['GAIN'])",
}


def write_gain(folder: Path, gain: float) -> None:
    from safetensors.numpy import save_file

    np.save(folder / "gain.npy", gain)
    save_file({"gain": np.array([gain])}, folder / "gain.safetensors")
    (folder / "helper.py").write_text(f"GAIN = {gain}\n")
    os.environ["GAIN"] = str(gain)


@pytest.fixture
def run(tmp_path: Path, short_clips: Path, monkeypatch: pytest.MonkeyPatch) -> Callable[..., tuple[str, list[float]]]:
    monkeypatch.setenv("GAIN", "1")
    monkeypatch.setenv("PYTHONDONTWRITEBYTECODE", "1")  # two writes of one second are one to the cache

    def run(*arguments: object) -> tuple[str, list[float]]:
        result = codecbench(
            "run", "--codecs", "trained", "--dataset", short_clips, "--limit", 2, "--metrics", "level_error_db",
            "--cost", "none", "--keep-audio", "none", "--out", tmp_path / "run", *arguments, site=tmp_path / "site",
        )  # fmt: skip
        assert result.returncode == 0, result.stderr
        with Store(tmp_path / "run") as store:
            values = [score.value for score in store.results().scores]
        return result.stdout + result.stderr, sorted({round(value) for value in values if value is not None})

    return run


@pytest.mark.parametrize("what", READS)
def test_a_change_of_what_it_reads_is_computed_anew(
    tmp_path: Path, run: Callable[..., tuple[str, list[float]]], what: str
) -> None:
    install_plugin(tmp_path / "site", "trained", CODEC.format(folder=str(tmp_path), body=READS[what]))
    write_gain(tmp_path, 1.0)
    said, values = run()
    assert values == [0]
    assert "4 computed, 0 reused" in said
    write_gain(tmp_path, 0.25)
    said, values = run()
    assert values == [-12]
    assert "4 computed, 0 reused" in said
    assert "trained:default has changed since its results were stored (it " in said


def test_each_change_is_seen_once_and_nothing_old_stays_beside(
    tmp_path: Path, run: Callable[..., tuple[str, list[float]]]
) -> None:
    body = READS["a file that no Python opens"]
    install_plugin(tmp_path / "site", "trained", CODEC.format(folder=str(tmp_path), body=body))
    for gain in (1.0, 0.25):
        write_gain(tmp_path, gain)
        run()
    said, values = run()
    assert values == [-12]
    assert "0 computed, 4 reused" in said
    write_gain(tmp_path, 0.5)
    said, values = run("--bitrates", "256")
    assert values == [-6]
    assert "2 computed, 0 reused" in said
    assert read_summary(tmp_path / "run")  # one codec, one point: nothing old beside it


def test_a_codec_that_does_not_load_any_more_loses_nothing(
    tmp_path: Path, run: Callable[..., tuple[str, list[float]]]
) -> None:
    install_plugin(tmp_path / "site", "trained", CODEC.format(folder=str(tmp_path), body=READS["the environment"]))
    write_gain(tmp_path, 1.0)
    run()
    os.environ["GAIN"] = "no number"
    said, values = run()
    assert values == [0]
    assert "0 computed, 4 reused" in said
    assert "not compared with what is stored: ValueError: could not convert string to float" in said
