"""`--condition` as it is typed: what it changes, who names it, what is refused; one of an outsider's plugin."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from running import codecbench, in_process, install_plugin

from codecbench.results import open_run

COMMON = ("--codecs", "pcm,opus", "--bitrates", "12,256", "--metrics", "estoi", "--limit", 3, "--cost", "none")
OUTSIDER = '''
from codecbench.api import Audio, ConditionCard, hookimpl


class Hum:
    """Mains hum."""

    def __init__(self, hertz):
        self.hertz = hertz

    def degrade(self, audio, g):
        import numpy

        seconds = numpy.arange(audio.length) / audio.sample_rate
        hum = 0.05 * numpy.sin(2 * numpy.pi * self.hertz * seconds + g.uniform(0, 6))
        return Audio((audio.samples + hum).astype("f4"), audio.sample_rate)


class Broken(Hum):
    def degrade(self, audio, g):
        if self.hertz == 1:
            return Audio(audio.samples[:, 1:], audio.sample_rate)
        return Audio(audio.samples * float("nan"), audio.sample_rate)


class Again:
    """Does not say how often it uses the codec."""

    def __init__(self, value):
        pass

    def degrade(self, audio, g):
        return audio

    def degrade_by(self, codec, card, point, audio):
        return codec.decode(codec.encode(audio, point), point)


@hookimpl
def codecbench_register_conditions(register):
    register(ConditionCard("hum", "mains hum of this frequency", "Hz", 10.0, 1000.0), Hum)
    register(ConditionCard("broken", "of another length, or NaN", "", 1.0, 2.0), Broken)
    register(ConditionCard("again", "coded once before"), Again)
'''


def run(out: Path, condition: str, *more: object, site: Path | None = None) -> dict[str, Any]:
    done = codecbench("run", *COMMON, "--condition", condition, "--out", out, *more, site=site)
    assert done.returncode == 0, done.stderr
    summary: dict[str, Any] = json.loads((out / "summary.json").read_text())
    return summary


def estoi(summary: dict[str, Any]) -> dict[str, float]:
    return {row["codec"]: row["scores"]["estoi"]["mean"] for row in summary["rows"] if row["point"] in ("12", "256")}


@pytest.fixture(scope="module")
def noisy(tmp_path_factory: pytest.TempPathFactory) -> Path:
    out = tmp_path_factory.mktemp("conditions") / "noisy"
    run(out, "noise:5.0")
    return out


def test_codecs_get_the_noise_and_are_held_to_the_clean_recording(noisy: Path, tmp_path: Path) -> None:
    found = estoi(json.loads((noisy / "summary.json").read_text()))
    against = estoi(run(tmp_path / "input", "noise:5@input"))
    clean = estoi(run(tmp_path / "clean", "wb"))
    assert clean["pcm"] > 0.999
    assert against["pcm"] > 0.999
    assert found["pcm"] < 0.9
    assert found["opus"] < clean["opus"]


def test_whoever_shows_figures_names_the_condition(noisy: Path, tmp_path: Path) -> None:
    assert open_run(noisy).findings().results.meta["condition"] == "noise:5"
    told = in_process("table", noisy).stdout
    assert "in condition noise:5" in told
    report = (noisy / "report.html").read_text()
    assert "white noise, so many dB below the level of active speech (5 dB)" in report
    assert "held to the clean recording" in report
    exported = tmp_path / "a.csv"
    assert in_process("export", noisy, "--format", "csv", "--out", exported).returncode == 0
    assert ",noise:5," in exported.read_text().splitlines()[1]
    plotted = in_process("plot", noisy, "--metric", "estoi", "--out", tmp_path / "a.svg")
    assert "noise:5" in plotted.stdout


def test_two_conditions_are_never_one(noisy: Path, tmp_path: Path) -> None:
    other = tmp_path / "other"
    run(other, "noise:20")
    refused = in_process("table", noisy, other)
    assert refused.returncode == 2
    assert "conditions differ (noise:5 and noise:20)" in refused.stderr
    again = codecbench("run", *COMMON, "--condition", "noise:20", "--out", noisy)
    assert again.returncode == 2
    assert "holds a run in condition noise:5, not noise:20" in again.stderr


def test_an_outsiders_condition(tmp_path: Path) -> None:
    install_plugin(tmp_path / "site", "hum", OUTSIDER)
    found = estoi(run(tmp_path / "hum", "hum:50", site=tmp_path / "site"))
    assert 0.3 < found["pcm"] < 0.999
    listed = codecbench("list", "conditions", site=tmp_path / "site").stdout
    assert "mains hum of this frequency" in listed


@pytest.mark.parametrize(
    ("condition", "reason"),
    [
        ("broken:1", "may change none of that"),
        ("broken:2", "returned NaN or infinite"),
        ("again", "condition 'again' has degrade_by without codings"),
    ],
)
def test_a_plugin_that_breaks_the_contract_fails_its_cells_alone(tmp_path: Path, condition: str, reason: str) -> None:
    install_plugin(tmp_path / "site", "hum", OUTSIDER)
    arguments = ("run", *COMMON, "--condition", condition, "--out", tmp_path / "run")
    done = codecbench(*arguments, site=tmp_path / "site")
    assert "Traceback" not in done.stderr
    results = open_run(tmp_path / "run").findings().results
    assert {row.status for row in results.codings} == {"failed"}
    assert all(reason in (row.reason or "") for row in results.codings)


@pytest.mark.parametrize(
    ("condition", "message"),
    [
        ("nois:5", "--condition 'nois:5': unknown; known: wb, fb, noise"),
        ("noise", "--condition 'noise': expected noise:NUMBER, -20 to 60 dB"),
        ("noise:loud", "expected noise:NUMBER, -20 to 60 dB"),
        ("noise:nan", "expected noise:NUMBER, -20 to 60 dB"),
        ("noise:99", "expected noise:NUMBER, -20 to 60 dB"),
        ("silence:3", "--condition 'silence:3': silence takes no value"),
        ("wb@input", "no utterance of 'probe' has a reference (a manifest's column); use wb"),
        ("fb@input", "unknown; known: wb, fb"),
    ],
)
def test_mistakes_are_one_line(tmp_path: Path, condition: str, message: str) -> None:
    done = in_process("run", "--codecs", "opus", "--condition", condition, "--out", tmp_path / "run")
    assert done.returncode == 2
    assert message in done.stderr
    assert not (tmp_path / "run").exists()
