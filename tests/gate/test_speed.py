"""Speed is judged between two processes that take turns: five times slower is caught, the same code is not."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from running import codecbench, install_plugin

from codecbench.gate.speed import ROUNDS

PLUGIN = """
import numpy as np
from codecbench.api import Audio, CodecCard, OperatingPoint, hookimpl

WORK = {work}

class Timed:
    def __init__(self, options):
        pass
    def encode(self, audio, point):
        return (np.clip(audio.samples[0], -1, 1) * 32767).astype("<i2").tobytes()
    def decode(self, payload, point):
        samples = np.frombuffer(payload, "<i2") / 32767
        for _ in range(WORK):
            np.fft.irfft(np.fft.rfft(samples))
        return Audio.mono(samples, 16000)

class Broken(Timed):
    def decode(self, payload, point):
        raise RuntimeError("no luck")

@hookimpl
def codecbench_register_codecs(register):
    register(CodecCard("timed", 16000, (OperatingPoint(256),)), Timed)
    register(CodecCard("broken", 16000, (OperatingPoint(256),)), Broken)
"""


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("site")
    install_plugin(folder, "timed_codec", PLUGIN.format(work=25))
    return folder


@pytest.fixture(scope="module")
def faster(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The sources before a five times slower decoder."""
    tree = tmp_path_factory.mktemp("base")
    (tree / "timed_codec.py").write_text(PLUGIN.format(work=5))
    return tree


def test_a_five_times_slower_decoder_is_caught(site: Path, faster: Path, tmp_path: Path) -> None:
    comment, document = tmp_path / "comment.md", tmp_path / "gate.json"
    result = codecbench(
        "gate", "--speed", "timed", "--speed-against", faster, "--annotations", "--markdown", comment,
        "--json", document, site=site,
    )  # fmt: skip
    assert result.returncode == 1, result.stdout + result.stderr
    decode = next(line for line in result.stdout.splitlines() if "decode RTF" in line)
    assert decode.startswith(f"regressed: timed:default at 256 kbps against timed:default at 256 kbps of {faster}: ")
    assert float(decode.partition("CPU time ")[2].partition(" ")[0]) > 1  # how much more depends on the machine's load
    assert "::error title=codecbench gate::regressed: timed" in result.stdout
    assert "decode RTF" in comment.read_text()
    found = json.loads(document.read_text())
    assert (found["status"], found["speed"]["status"], found["speed"]["verdict"]) == (1, 1, "regressed")
    stages = {stage["stage"]: stage for stage in found["speed"]["stages"]}
    assert stages["decode"]["slower"]
    assert len(stages["encode"]["wall"]["after"]) == ROUNDS


def test_the_same_sources_are_not_slower(site: Path) -> None:
    result = codecbench("gate", "--speed", "timed@256", "--speed-against", "timed:default", "--factor", 2, site=site)
    assert result.returncode == 0, result.stdout + result.stderr


def test_a_codec_that_breaks_was_not_measured(site: Path) -> None:
    result = codecbench("gate", "--speed", "broken", "--speed-against", "timed", site=site)
    assert result.returncode == 3
    assert "could not measure: speed of broken:default at 256 kbps: RuntimeError: no luck" in result.stdout


def test_a_folder_without_the_codecs_sources_was_not_measured(site: Path, tmp_path: Path) -> None:
    result = codecbench("gate", "--speed", "timed", "--speed-against", tmp_path, site=site)
    assert result.returncode == 3
    assert "the codec was loaded from " in result.stdout


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["--speed", "timed"], "--speed and --speed-against belong together"),
        (["--speed", "nobody", "--speed-against", "timed"], "unknown codec 'nobody'; known: "),
        (["--speed", "timed@7", "--speed-against", "timed"], "timed:default has no operating point 7; it has 256"),
        (["--speed", "timed", "--speed-against", "no/where"], "'no/where' is neither a codec nor a folder of sources"),
    ],
)
def test_mistakes(site: Path, arguments: list[str], message: str) -> None:
    result = codecbench("gate", *arguments, site=site)
    assert result.returncode == 2
    assert message in result.stderr
