"""What one plugin does to its inputs, its process or its cards stays its own."""

from __future__ import annotations

from pathlib import Path

import pytest
from running import codecbench, install_plugin, read_summary

CODEC = """
import os
from functools import partial
import numpy as np
from codecbench.api import Audio, CodecCard, MetricCard, OperatingPoint, Score, hookimpl

class Carrier(bytes):
    pass

class Mine:
    def __init__(self, options, scale=32767): self.scale = scale
    def encode(self, audio, point):
{encode}
        return (np.clip(audio.samples[0], -1, 1) * self.scale).astype("<i2").tobytes()
    def decode(self, payload, point):
        return Audio.mono(np.frombuffer(payload, "<i2") / self.scale * {gain}, 16000)

class Metric:
    card = MetricCard("m_mine", "1", "a test", unit="x")
    def prepare(self, reference): return None
    def score(self, sample):
        sample.reference.samples[:] *= 0.1
        sample.decoded.samples[:] *= 3
        return Score(1.0)

@hookimpl
def codecbench_register_codecs(register):
    register(CodecCard("mine", 16000, (OperatingPoint(256),)), partial(Mine, scale=32767))

@hookimpl
def codecbench_register_metrics(register):
    register(Metric.card, Metric)
"""
WRITES = "        audio.samples[:] *= 0.25"


def install(site: Path, encode: str = "        pass", gain: float = 1.0) -> None:
    install_plugin(site, "mine_plugin", CODEC.format(encode=encode, gain=gain))


def scores(folder: Path, codec: str) -> dict[str, float]:
    (row,) = (row for row in read_summary(folder)["rows"] if row["codec"] == codec)
    return {metric: score["mean"] for metric, score in row["scores"].items() if score["n"]}


def arguments(clips: Path, out: Path, metrics: str) -> tuple[object, ...]:
    return (
        "run", "--codecs", "mine,pcm", "--bitrates", "256", "--dataset", clips, "--metrics", metrics, "--cost", "none",
        "--limit", 2, "--out", out,
    )  # fmt: skip


def test_writing_into_its_input_reaches_nobody_else(tmp_path: Path, clips: Path) -> None:
    install(tmp_path / "site", WRITES)
    out = tmp_path / "run"
    assert codecbench(*arguments(clips, out, "m_mine,level_error_db"), site=tmp_path / "site").returncode == 0
    assert scores(out, "pcm")["level_error_db"] == pytest.approx(0, abs=0.01)
    assert scores(out, "mine")["level_error_db"] == pytest.approx(-12.04, abs=0.05)


def test_bytes_that_carry_more_than_bytes_are_refused(tmp_path: Path, clips: Path) -> None:
    install(tmp_path / "site", "        return Carrier(b'x')")
    result = codecbench(*arguments(clips, tmp_path / "run", "si_sdr"), site=tmp_path / "site")
    assert result.returncode == 3
    assert "encode returned Carrier, expected bytes" in result.stdout


def test_an_edited_codec_never_shares_a_row_with_its_older_self(tmp_path: Path, clips: Path) -> None:
    site, out = tmp_path / "site", tmp_path / "run"
    install(site)
    assert codecbench(*arguments(clips, out, "level_error_db,si_sdr"), site=site).returncode == 0
    install(site, gain=0.5)  # its factory is a partial: the plugin's own module must still be hashed
    assert codecbench(*arguments(clips, out, "level_error_db"), site=site).returncode == 0
    assert set(scores(out, "mine")) == {"level_error_db"}
    assert scores(out, "mine")["level_error_db"] == pytest.approx(-6.02, abs=0.05)


def test_score_keeps_the_rows_of_an_edited_codec_that_decodes_as_before(tmp_path: Path, clips: Path) -> None:
    site, out = tmp_path / "site", tmp_path / "run"
    install(site)
    assert codecbench(*arguments(clips, out, "level_error_db"), site=site).returncode == 0
    install(site, "        # only a comment\n        pass")
    assert codecbench("score", out, "--metrics", "si_sdr", site=site).returncode == 0
    assert set(scores(out, "mine")) == {"level_error_db", "si_sdr"}
    install(site, gain=0.5)
    result = codecbench("score", out, "--metrics", "lsd", site=site)
    assert result.returncode == 3
    assert "code or libraries have changed" in result.stdout
    assert {"level_error_db", "si_sdr"} <= set(scores(out, "mine"))


def test_a_recording_under_two_ids_and_ids_of_any_kind(tmp_path: Path, clips: Path) -> None:
    ids = ["twice", "again", "漢" * 60, "a/../b'\"<script>", ".."]
    rows = [f"{name}\t{clips.parent / 'clip0.wav'}\twords\ts{index}" for index, name in enumerate(ids)]
    manifest = tmp_path / "manifest.tsv"
    manifest.write_text("id\tpath\ttranscript\tspeaker\n" + "\n".join(rows) + "\n")
    result = codecbench(
        "run", "--codecs", "pcm", "--dataset", manifest, "--metrics", "si_sdr,lsd", "--cost", "none",
        "--keep-audio", "all", "--out", tmp_path / "run",
    )  # fmt: skip
    assert result.returncode == 0, result.stderr + result.stdout
    assert read_summary(tmp_path / "run")["run"]["computed"] == 4 * 5 * 2
