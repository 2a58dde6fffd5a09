"""Another codec before or after: a perfect one changes nothing, another one's loss and delay are there."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import soundfile
from conftest import REPOSITORY
from running import codecbench, in_process, install_plugin

from codecbench.audio import source_signal
from codecbench.conditions import check_condition
from codecbench.degraded.tandem import Before
from codecbench.degrading import DegradedInput
from codecbench.results import open_run

LATE = '''
import numpy as np

from codecbench.api import Audio, CodecCard, OperatingPoint, hookimpl


class Late:
    """16-bit samples, 30 ms late."""

    def encode(self, audio, point):
        return np.clip(np.rint(audio.samples[0] * 32767), -32768, 32767).astype("<i2").tobytes()

    def decode(self, payload, point):
        samples = np.frombuffer(payload, "<i2").astype("f4") / 32767
        return Audio.mono(np.concatenate([np.zeros(480, "f4"), samples]), 16000)


@hookimpl
def codecbench_register_codecs(register):
    register(CodecCard("late", 16000, (OperatingPoint(256.0),), frame=640), lambda options: Late())
    register(CodecCard("random", 16000, (OperatingPoint(256.0),), stochastic=True), lambda options: Late())
'''


@pytest.fixture(scope="module")
def speech(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Two recordings of 16 bits at 16 kHz: PCM at 256 kbps changes nothing of them."""
    folder = tmp_path_factory.mktemp("speech")
    for path in sorted((REPOSITORY / "codecbench/datasets/speech/probe").rglob("*.flac"))[:2]:
        samples = np.clip(source_signal(path).samples[0], -0.99, 0.99)
        soundfile.write(folder / f"{path.stem}.wav", samples, 16000, subtype="PCM_16")
    return folder


def run(out: Path, speech: Path, condition: str, codecs: str = "pcm,codec2", site: Path | None = None) -> Any:
    options = ("--bitrates", "3.2,6,48,256", "--metrics", "estoi,delay_ms", "--cost", "none", "--dataset", speech)
    done = codecbench("run", "--codecs", codecs, *options, "--condition", condition, "--out", out, site=site)
    assert done.returncode == 0, done.stderr
    rows = json.loads((out / "summary.json").read_text())["rows"]
    return {f"{row['codec']} {row['point']}": row["scores"] for row in rows}


def test_a_perfect_codec_changes_nothing(tmp_path: Path, speech: Path) -> None:
    """Before, to the last digit; after, but for the rounding of what was decoded."""
    found = {
        condition: run(tmp_path / condition.replace(":", "-"), speech, condition, "pcm,codec2,g722")
        for condition in ("wb", "tandem:pcm@256", "tandem-after:pcm@256")
    }
    assert found["tandem:pcm@256"] == found["wb"]
    for name in ("pcm 256", "g722 48"):
        after, as_ever = (found[condition][name]["estoi"]["mean"] for condition in ("tandem-after:pcm@256", "wb"))
        assert after == pytest.approx(as_ever, abs=1e-3)
    held = open_run(tmp_path / "tandem-after-pcm@256").findings().results.meta["condition"]
    assert held == "tandem-after:pcm@256"


def test_opus_before_vocodec(tmp_path: Path, speech: Path) -> None:
    pytest.importorskip("torch")
    pytest.importorskip("av")
    found = {
        condition: run(tmp_path / condition.replace(":", "-"), speech, condition, "pcm,vocodec")
        for condition in ("wb", "tandem:opus@6", "tandem-after:opus@6", "tandem:opus@6@input")
    }
    estoi = {condition: {name: one["estoi"]["mean"] for name, one in each.items()} for condition, each in found.items()}
    for where in ("tandem:opus@6", "tandem-after:opus@6"):
        assert estoi[where]["pcm 256"] == pytest.approx(estoi["tandem:opus@6"]["pcm 256"], abs=0.01)
        assert estoi[where]["pcm 256"] < 0.97
        assert estoi[where]["vocodec 6"] < min(estoi[where]["pcm 256"], estoi["wb"]["vocodec 6"])
    assert estoi["tandem:opus@6@input"]["pcm 256"] > 0.999


@pytest.mark.parametrize("name", ["tandem", "tandem-after"])
def test_its_delay_is_taken_out_with_the_codecs(tmp_path: Path, speech: Path, name: str) -> None:
    """It is far beyond what pcm declares."""
    install_plugin(tmp_path / "site", "late", LATE)
    found = run(tmp_path / "run", speech, f"{name}:late@256", "pcm", tmp_path / "site")["pcm 256"]
    assert found["delay_ms"]["mean"] == pytest.approx(30, abs=0.1)
    assert found["estoi"]["mean"] > 0.99


def test_a_value_has_one_form_and_stands_for_more_than_its_text() -> None:
    assert check_condition("tandem:g711:mulaw@64.0@input") == "tandem:g711@64@input"
    assert check_condition("tandem:opus:dtx@vbr12") == "tandem:opus:dtx@vbr12"
    first, second = (DegradedInput.parse(f"tandem:codec2@{kbps}").identity for kbps in ("1.2", "3.2"))
    assert first != second


def test_what_it_turns_is_as_long_and_of_its_rate() -> None:
    pytest.importorskip("av")
    audio = source_signal(sorted((REPOSITORY / "codecbench/datasets/speech/probe").rglob("*.flac"))[0])
    turned = Before("opus@12").turned(audio)
    assert (turned.sample_rate, turned.samples.shape) == (audio.sample_rate, audio.samples.shape)


@pytest.mark.parametrize(
    ("value", "message"),
    [
        ("", "expected tandem:CODEC@KBPS"),
        (":", "expected tandem:CODEC@KBPS"),
        (":opus", "'tandem:opus': expected CODEC@KBPS, for example opus@12"),
        (":opsu@12", "'tandem:opsu@12': unknown codec 'opsu'; known: "),
        (":opus:mono@12", "codec 'opus' has no checkpoint 'mono'; it has: default"),
        (":opus@13", "opus:default has no point at 13; it has 6, 8, 12, 16, 24, 32"),
        (":opus@6-12", "opus:default has several points at 6-12; it has 6, 8"),
        (":opus@x", "opus:default has no point at x"),
        (":encodec:facebook-24khz@6", "encodec:facebook-24khz"),
    ],
)
def test_mistakes_are_one_line(tmp_path: Path, value: str, message: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CODECBENCH_CACHE", str(tmp_path))
    done = in_process("run", "--codecs", "pcm", "--condition", f"tandem{value}", "--out", tmp_path / "run")
    assert done.returncode == 2
    assert message in done.stderr
    assert "Traceback" not in done.stderr


def test_a_codec_that_draws_at_random_is_refused(tmp_path: Path) -> None:
    install_plugin(tmp_path / "site", "late", LATE)
    common = ("run", "--codecs", "pcm", "--condition", "tandem:random@256", "--out", tmp_path / "run")
    done = codecbench(*common, site=tmp_path / "site")
    assert done.returncode == 2
    assert "random:default draws at random: it is not the same for every codec" in done.stderr


def test_a_curve_over_texts_is_refused(tmp_path: Path, speech: Path) -> None:
    for kbps in ("1.2", "3.2"):
        run(tmp_path / kbps, speech, f"tandem:codec2@{kbps}", "pcm")
    asked = ("--kind", "condition", "--metric", "estoi", "--out", tmp_path / "a.svg")
    done = in_process("plot", tmp_path / "1.2", tmp_path / "3.2", *asked)
    assert done.returncode == 2
    assert "the value of tandem is no number (codec2@1.2)" in done.stderr
