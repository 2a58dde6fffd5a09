"""`--ladder` in real runs: losses that are known by construction, plugins that misbehave, and going on."""

from __future__ import annotations

import json
import sqlite3
import subprocess
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest
from running import codecbench, install_plugin, read_summary

from codecbench.store import FILE, Store
from codecbench.store.rows import LadderRow

BASE = """
import numpy as np
from codecbench.api import Audio, CodecCard, OperatingPoint, hookimpl

class Whole:
    def __init__(self, options):
        pass
    def encode(self, audio, point):
        return (np.clip(audio.samples[0], -1, 1) * 32767).astype("<i2").tobytes()
    def decode(self, payload, point):
        return Audio.mono(np.frombuffer(payload, "<i2") / 32767, 16000)

def registering(name, codec):
    @hookimpl
    def codecbench_register_codecs(register):
        register(CodecCard(name, 16000, (OperatingPoint(256),)), codec)
    return codecbench_register_codecs
"""
NOISY = """
class Noisy(Whole):
    \"\"\"Each part adds noise of its own level.\"\"\"
    front_end = network = quantizer = 0.0
    def noise(self, audio, *parts):
        signal = audio.samples[0].astype(float)
        for number, part in enumerate(parts):
            noise = np.random.default_rng(number).standard_normal(len(signal))
            signal = signal + getattr(self, part) * signal.std() * noise
        return Audio.mono(signal, 16000)
    def bypass(self, audio, stage):
        return self.noise(audio, *(("front_end",) if stage == "front_end" else ("front_end", "network")))
    def encode(self, audio, point):
        return super().encode(self.noise(audio, "front_end", "network", "quantizer"), point)
"""
MADE = {
    "front": "class C(Noisy): front_end = 0.03",
    "net": "class C(Noisy): network = 0.03",
    "quant": "class C(Noisy): quantizer = 0.03",
    "all_three": "class C(Noisy): front_end, network, quantizer = 0.01, 0.03, 0.1",
    "waveform": (
        "class C(Noisy):\n    network, quantizer = 0.03, 0.1\n    def bypass(self, audio, stage):\n"
        "        return None if stage == 'front_end' else super().bypass(audio, stage)"
    ),
}
BYPASS = "class C(Whole):\n    def bypass(self, audio, stage): "
HOSTILE = {
    "without": "class C(Whole): pass",
    "raises": BYPASS + "raise KeyError('lost')",
    "nan": BYPASS + "return Audio.mono(np.full(audio.length, np.nan), 16000)",
    "short": BYPASS + "return Audio.mono(audio.samples[0, :100], 16000)",
    "other_rate": BYPASS + "return Audio(audio.samples, 8000)",
    "no_audio": BYPASS + "return audio.samples",
    "writes": BYPASS + "audio.samples[:] = 0; return audio",
    "one_part": (
        "import time\nclass C(Whole):\n    def bypass(self, audio, stage):\n"
        "        if stage == 'network': time.sleep(3600)\n        return audio"
    ),
}
REASONS = {
    "raises": "KeyError: 'lost'",
    "nan": "bypass returned NaN or infinite samples",
    "short": "bypass returned 100 samples for 6400",
    "other_rate": "bypass returned 8000 Hz, its card says 16000 Hz",
    "no_audio": "bypass returned ndarray, expected Audio",
}
METRICS = ("--metrics", "pesq_wb,mel_distance")


def install(site: Path, bodies: Mapping[str, str]) -> None:
    for name, body in bodies.items():
        register = f"codecbench_register_codecs = registering('{name}', C)"
        install_plugin(site, f"plugin_{name}", f"{BASE}{NOISY}\n{body}\n\n{register}\n")


def run(site: Path, clips: Path, out: Path, codecs: Mapping[str, str], *more: object) -> Any:
    return codecbench(
        "run", "--codecs", ",".join(codecs), "--dataset", clips, "--cost", "none", "--out", out, *more, site=site
    )


def rungs(out: Path) -> list[LadderRow]:
    with Store(out) as store:
        return list(store.results().ladder)


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Path:
    site = tmp_path_factory.mktemp("site")
    install(site, MADE | HOSTILE)
    return site


@pytest.fixture(scope="module")
def known(site: Path, clips: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    out = tmp_path_factory.mktemp("runs") / "known"
    result = run(site, clips, out, MADE, *METRICS, "--ladder")
    assert result.returncode == 0, result.stderr
    assert "Where the loss comes from" in result.stdout
    return out


def ladders(out: Path, metric: str = "pesq_wb") -> dict[str, Any]:
    return {row["codec"]: row for row in read_summary(out)["ladder"] if row["metric"] == metric}


def losses(ladder: Mapping[str, Any]) -> list[float | None]:
    return [step["loss"] and step["loss"]["value"] for step in ladder["steps"]]


@pytest.mark.parametrize("metric", ["pesq_wb", "mel_distance"])
def test_the_part_that_loses_is_the_one_that_is_charged(known: Path, metric: str) -> None:
    found = ladders(known, metric)
    charged = [losses(found[name]) for name in ("front", "net", "quant")]
    for place, row in enumerate(charged):
        own = row[place]
        assert own is not None
        # The same noise costs about the same wherever it is added; 16 bit are not quite for free.
        assert own == pytest.approx(charged[0][0], rel=0.2)
        assert all(abs(other or 0.0) < 0.05 * own for index, other in enumerate(row) if index != place)
    assert [found[name]["worst"] for name in ("front", "net", "quant")] == ["front_end", "network", "quantizer"]


def test_losses_add_up_to_the_total(known: Path) -> None:
    found = ladders(known)["all_three"]
    assert sum(loss or 0.0 for loss in losses(found)) == pytest.approx(found["total"]["value"])
    assert found["perfect"] == pytest.approx(4.644, abs=1e-3)
    row = next(row for row in read_summary(known)["rows"] if row["codec"] == "all_three")
    assert found["steps"][-1]["score"] == pytest.approx(row["scores"]["pesq_wb"]["mean"])
    assert all((loss or 0.0) > 0.1 for loss in losses(found))


def test_a_waveform_codec_has_no_front_end_to_lose_by(known: Path) -> None:
    first, network, quantizer = ladders(known)["waveform"]["steps"]
    assert (first["absent"], first["loss"], first["reason"]) == (True, None, "waveform")
    assert network["loss"]["value"] > 0.1
    assert quantizer["loss"]["value"] > 0.1


def test_nothing_is_left_in_the_folder(known: Path) -> None:
    assert not (known / "ladder").exists()


@pytest.fixture(scope="module")
def hostile(
    site: Path, short_clips: Path, tmp_path_factory: pytest.TempPathFactory
) -> tuple[subprocess.CompletedProcess[str], Path]:
    out = tmp_path_factory.mktemp("runs") / "hostile"
    return run(site, short_clips, out, HOSTILE, *METRICS, "--ladder", "--limit", 1, "--cell-seconds", 1), out


def test_the_run_goes_on_and_says_so(hostile: tuple[subprocess.CompletedProcess[str], Path]) -> None:
    result, out = hostile
    assert result.returncode == 3, result.stderr
    assert "Traceback" not in result.stderr + result.stdout
    with Store(out) as store:
        assert {row.status for row in store.results().scores} == {"ok"}
    assert "Where the loss comes from" in (out / "report.html").read_text()


@pytest.mark.parametrize(("codec", "reason"), REASONS.items())
def test_a_failed_rung_has_its_reason(
    hostile: tuple[subprocess.CompletedProcess[str], Path], codec: str, reason: str
) -> None:
    rows = [row for row in rungs(hostile[1]) if row.codec == codec]
    assert len(rows) == 4  # two stages, two metrics
    assert {row.status for row in rows} == {"failed"}
    assert all(reason in (row.reason or "") for row in rows), rows[0].reason
    ladder = ladders(hostile[1])[codec]
    assert ladder["reason"]
    assert reason in ladder["reason"]
    assert any(
        group["what"].startswith("ladder") and reason in group["reason"]
        for group in read_summary(hostile[1])["failures"]
    )


def test_one_stage_may_hang(hostile: tuple[subprocess.CompletedProcess[str], Path]) -> None:
    rows = {(row.rung, row.metric): row for row in rungs(hostile[1]) if row.codec == "one_part"}
    assert rows["front_end", "pesq_wb"].status == "ok"
    assert "its process was killed" in (rows["network", "pesq_wb"].reason or "")
    ladder = ladders(hostile[1])["one_part"]
    assert losses(ladder)[0] is not None
    assert losses(ladder)[1:] == [None, None]


def test_a_codec_without_the_method_is_no_failure(hostile: tuple[subprocess.CompletedProcess[str], Path]) -> None:
    rows = [row for row in rungs(hostile[1]) if row.codec == "without"]
    assert {row.status for row in rows} == {"none"}
    assert "no method bypass" in ladders(hostile[1])["without"]["reason"]


def test_a_plugin_may_write_into_its_audio(hostile: tuple[subprocess.CompletedProcess[str], Path]) -> None:
    """Its signal is silence then, which is what its front end makes of it; the original is not touched."""
    rows = [row for row in rungs(hostile[1]) if row.codec in ("writes", None) and row.metric == "mel_distance"]
    assert [(row.value or 0) > 1 for row in rows if row.codec] == [True, True]
    assert [(row.value or 0) < 1e-3 for row in rows if row.codec is None] == [True]


def test_again_computes_nothing_and_what_failed_is_tried_again(site: Path, clips: Path, tmp_path: Path) -> None:
    codecs = {name: MADE[name] for name in ("net", "waveform")}
    few = (*METRICS, "--limit", 1)
    assert run(site, clips, tmp_path / "run", codecs, *few).returncode == 0
    assert read_summary(tmp_path / "run")["ladder"] == []
    assert "Where the loss comes from" not in (tmp_path / "run" / "report.html").read_text()
    first = run(site, clips, tmp_path / "run", codecs, *few, "--ladder")
    assert first.returncode == 0, first.stderr
    tally = read_summary(tmp_path / "run")["run"]
    # No cell again; the original once, two stages of one codec and one of the other, by two metrics each.
    assert (tally["computed"], tally["reused"]) == (8, 4)
    before = rungs(tmp_path / "run")
    assert run(site, clips, tmp_path / "run", codecs, *few, "--ladder").returncode == 0
    tally = read_summary(tmp_path / "run")["run"]
    assert (tally["computed"], tally["reused"]) == (0, 12)
    assert rungs(tmp_path / "run") == before
    with sqlite3.connect(tmp_path / "run" / FILE) as store:
        store.execute("UPDATE ladder SET status = 'failed' WHERE key = (SELECT key FROM ladder WHERE status = 'ok')")
    assert run(site, clips, tmp_path / "run", codecs, *few, "--ladder").returncode == 0
    assert read_summary(tmp_path / "run")["run"]["computed"] == 1
    assert rungs(tmp_path / "run") == before


def test_an_edited_plugin_has_no_old_rungs(clips: Path, tmp_path: Path) -> None:
    site, few = tmp_path / "site", ("--metrics", "mel_distance", "--limit", 1, "--ladder")
    for level in (0.03, 0.3):
        install(site, {"edited": f"class C(Noisy): network = {level}"})
        assert run(site, clips, tmp_path / "run", {"edited": ""}, *few).returncode == 0
        assert read_summary(tmp_path / "run")["run"]["computed"] == (4 if level == 0.03 else 3)  # not the original
    (ladder,) = ladders(tmp_path / "run", "mel_distance").values()
    assert (losses(ladder)[1] or 0) > 1


def test_a_folder_of_before_the_ladder_opens(known: Path, tmp_path: Path) -> None:
    copy = tmp_path / "old"
    copy.mkdir()
    (copy / FILE).write_bytes((known / FILE).read_bytes())
    with sqlite3.connect(copy / FILE) as store:
        store.executescript("DROP TABLE ladder; DROP TABLE current_ladder")
        request = json.loads(store.execute("SELECT value FROM meta WHERE name = 'request'").fetchone()[0])
        del request["ladder"]
        store.execute("UPDATE meta SET value = ? WHERE name = 'request'", (json.dumps(request),))
    assert rungs(copy) == []
    result = codecbench("report", copy)
    assert result.returncode == 0, result.stderr
    assert read_summary(copy)["ladder"] == []


def test_it_needs_a_metric_to_climb_by(site: Path, clips: Path, tmp_path: Path) -> None:
    result = run(site, clips, tmp_path / "run", {"net": ""}, "--metrics", "si_sdr", "--ladder")
    assert result.returncode == 2
    assert "--ladder needs one of pesq_wb, estoi, mel_distance among --metrics 'si_sdr'" in result.stderr
