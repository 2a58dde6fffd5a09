"""What decides a codec's results and is in no hash: a change of it is seen by its effect, and nothing old is reused."""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from running import codecbench, install_plugin

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


Run = Callable[..., tuple[str, dict[str, set[int]]]]


@pytest.fixture
def run(tmp_path: Path, short_clips: Path, monkeypatch: pytest.MonkeyPatch) -> Run:
    """What was said, and by codec the levels in whole dB."""
    monkeypatch.setenv("GAIN", "1")
    monkeypatch.setenv("PYTHONDONTWRITEBYTECODE", "1")  # two writes of one second are one to the cache

    def run(codecs: str, *arguments: object) -> tuple[str, dict[str, set[int]]]:
        result = codecbench(
            "run", "--codecs", codecs, "--dataset", short_clips, "--limit", 2, "--metrics", "level_error_db",
            "--cost", "none", "--keep-audio", "none", "--out", tmp_path / "run", *arguments, site=tmp_path / "site",
        )  # fmt: skip
        assert result.returncode == 0, result.stderr
        levels: dict[str, set[int]] = {}
        with Store(tmp_path / "run") as store:
            for score in store.results().scores:
                levels.setdefault(score.codec, set()).add(round(score.value or 0.0))
        return result.stdout + result.stderr, levels

    return run


def installed(folder: Path, *what: str) -> str:
    """A codec for each of READS, called by its place among them; returns their names for `--codecs`."""
    names = [f"trained{list(READS).index(one)}" for one in what]
    for name, one in zip(names, what, strict=True):
        source = CODEC.format(folder=str(folder), body=READS[one]).replace('"trained"', repr(name))
        install_plugin(folder / "site", name, source)
    return ",".join(names)


def test_a_change_of_whatever_it_reads_is_computed_anew(tmp_path: Path, run: Run) -> None:
    names = installed(tmp_path, *READS)
    write_gain(tmp_path, 1.0)
    said, levels = run(names)
    assert levels == {name: {0} for name in names.split(",")}
    assert "20 computed, 0 reused" in said
    write_gain(tmp_path, 0.25)
    said, levels = run(names)
    assert levels == {name: {-12} for name in names.split(",")}
    assert "20 computed, 0 reused" in said
    for name in names.split(","):
        assert f"{name}:default has changed since its results were stored (it " in said


def test_each_change_is_seen_once_and_nothing_old_stays_beside(tmp_path: Path, run: Run) -> None:
    name = installed(tmp_path, "a file that no Python opens")
    for gain in (1.0, 0.25):
        write_gain(tmp_path, gain)
        run(name)
    said, levels = run(name)
    assert levels == {name: {-12}}
    assert "0 computed, 4 reused" in said
    write_gain(tmp_path, 0.5)
    said, levels = run(name, "--bitrates", "256")
    assert levels == {name: {-6}}  # one point: nothing old beside it
    assert "2 computed, 0 reused" in said


def test_a_codec_that_does_not_load_any_more_loses_nothing(tmp_path: Path, run: Run) -> None:
    name = installed(tmp_path, "the environment")
    write_gain(tmp_path, 1.0)
    run(name)
    os.environ["GAIN"] = "no number"
    said, levels = run(name)
    assert levels == {name: {0}}
    assert "0 computed, 4 reused" in said
    assert "not compared with what is stored: ValueError: could not convert string to float" in said
