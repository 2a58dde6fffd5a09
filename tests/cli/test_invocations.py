"""A folder that several commands fill, in several environments: each figure knows which of them made it."""

from __future__ import annotations

import subprocess
from pathlib import Path

from running import codecbench, install_plugin, read_summary

CODEC = """
import numpy as np
from codecbench.api import Audio, CodecCard, OperatingPoint, hookimpl

class Mine:
    def __init__(self, options): pass
    def encode(self, audio, point): return (np.clip(audio.samples[0], -1, 1) * 32767).astype("<i2").tobytes()
    def decode(self, payload, point): return Audio.mono(np.frombuffer(payload, "<i2") / 32767, 16000)

@hookimpl
def codecbench_register_codecs(register): register(CodecCard("mine", 16000, (OperatingPoint(256),)), Mine)
"""


def install(site: Path, needed: str) -> None:
    """A plugin that requires a library, of which this version is here; and one for its tests, which is too."""
    install_plugin(site, "mine_plugin", CODEC)
    with (site / "mine_plugin-0.1.dist-info" / "METADATA").open("a") as file:
        file.write("Requires-Dist: a-library>=1\nRequires-Dist: for-tests; extra == 'test'\n")
    for name, version in (("a_library", needed), ("for_tests", "7")):
        info = site / f"{name}-0.dist-info"
        info.mkdir(exist_ok=True)
        (info / "METADATA").write_text(f"Metadata-Version: 2.1\nName: {name.replace('_', '-')}\nVersion: {version}\n")


def test_figures_stay_of_the_environment_that_made_them(tmp_path: Path, clips: Path) -> None:
    site, out = tmp_path / "site", tmp_path / "run"

    def run(codecs: str, metrics: str = "si_sdr") -> subprocess.CompletedProcess[str]:
        result = codecbench(
            "run", "--codecs", codecs, "--bitrates", 256, "--dataset", clips, "--metrics", metrics, "--cost", "none",
            "--out", out, site=site,
        )  # fmt: skip
        assert result.returncode == 0, result.stderr
        return result

    install(site, "1.0")
    run("mine")
    install(site, "2.0")
    run("mine,pcm")
    install(site, "3.0")
    run("mine,pcm")  # all is there
    facts = read_summary(out)["run"]
    first, second = facts["invocations"]
    assert (first["codecs"], first["codings"], first["scores"]) == (["mine:default"], 3, 3)
    assert (second["codecs"], second["codings"], second["scores"]) == (["pcm:default"], 3, 3)
    assert [one["libraries"]["a-library"] for one in (first, second)] == ["1.0", "2.0"]
    assert first["libraries"]["mine_plugin"] == "0.1"
    assert "for-tests" not in first["libraries"]
    assert facts["libraries"]["a-library"] == "1.0 and 2.0"
    assert facts["command"] == f"{first['command']}; {second['command']}"
    assert "--codecs mine --bitrates" in first["command"]

    assert codecbench("score", out, "--metrics", "lsd", site=site).returncode == 0
    (_, _, third) = read_summary(out)["run"]["invocations"]
    assert (third["codings"], third["scores"], third["command"]) == (
        0,
        6,
        f"codecbench score {out} --metrics lsd --jobs 1",
    )
    assert codecbench("report", out, site=site).returncode == 0
    page = (out / "report.html").read_text()
    assert "a-library: 1.0 and 2.0 and 3.0" in page
    assert f"codecbench score {out} --metrics lsd" in page


def test_the_same_command_again_measures_nothing(tmp_path: Path, clips: Path) -> None:
    arguments = (
        "run", "--codecs", "pcm", "--bitrates", 256, "--dataset", clips, "--metrics", "si_sdr",
        "--out", tmp_path / "run",
    )  # fmt: skip
    first, second = codecbench(*arguments), codecbench(*arguments)
    assert "measuring memory" in first.stderr
    assert "measuring speed" in first.stderr
    assert "measuring" not in second.stderr
    assert "scores: 0 computed, 3 reused" in second.stdout
    (made,) = read_summary(tmp_path / "run")["run"]["invocations"]
    assert made["costs"] == 2
