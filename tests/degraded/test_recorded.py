"""Noise from the user's own recordings: the same excerpt for every codec, known by the files' hashes."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import numpy as np
import pytest
import soundfile
from conftest import REPOSITORY
from running import codecbench, in_process

from codecbench.audio import source_signal
from codecbench.conditions import SourceRecording, check_condition
from codecbench.levels import active_rms
from codecbench.results import open_run

CLIPS = sorted((REPOSITORY / "codecbench/datasets/speech/probe").rglob("*.flac"))
COMMON = ("run", "--codecs", "pcm,g711", "--bitrates", "64,256", "--metrics", "estoi", "--limit", 2, "--cost", "none")


@pytest.fixture
def cafe(tmp_path: Path) -> Path:
    """A tone of 0.1 s, in stereo at 44.1 kHz, and one of 3 s."""
    folder = tmp_path / "my cafe"
    folder.mkdir()
    for name, hertz, seconds in (("a.wav", 1000, 0.1), ("b.flac", 3000, 3.0)):
        tone = 0.1 * np.sin(2 * np.pi * hertz * np.arange(round(44100 * seconds)) / 44100)
        soundfile.write(folder / name, np.stack([tone, tone], axis=1), 44100)
    return folder


def noise_of(clip: Path, condition: str, folder: Path) -> np.ndarray:
    recording = SourceRecording(clip, check_condition(condition, folder), folder)
    noise: np.ndarray = recording.given().samples[0].astype(np.float64) - recording.signal().samples[0]
    return noise


def test_noise_is_of_the_files_at_the_level_that_is_asked(cafe: Path) -> None:
    heard = set()
    for clip in CLIPS[:8]:
        noise, speech = noise_of(clip, "noise:10", cafe), source_signal(clip).samples[0]
        level = 20 * np.log10(active_rms(speech, 16000)) - 20 * np.log10(np.sqrt(np.mean(noise**2)))
        assert level == pytest.approx(10, abs=0.05)
        spectrum = np.abs(np.fft.rfft(noise))
        heard.add(round(np.argmax(spectrum) / len(noise) * 16))
    assert heard == {1, 3}  # kHz: one file or the other, and a short one as long as the speech


def test_each_recording_has_an_excerpt_of_its_own_at_every_snr(cafe: Path) -> None:
    quiet, loud = (noise_of(CLIPS[0], f"noise:{snr}", cafe) for snr in (20, 10))
    assert quiet * np.sqrt(10) == pytest.approx(loud, abs=1e-5)
    assert np.array_equal(loud, noise_of(CLIPS[0], "noise:10", cafe))


def test_other_files_are_another_condition(cafe: Path, tmp_path: Path) -> None:
    name = check_condition("noise:10.0@input", cafe)
    assert name.startswith("noise(my-cafe-")
    assert name.endswith("):10@input")
    assert check_condition(name, cafe) == name
    same = tmp_path / "elsewhere" / "my cafe"
    shutil.copytree(cafe, same)
    assert check_condition("noise:10@input", same) == name
    (same / "b.flac").unlink()
    assert check_condition("noise:10@input", same) != name


def test_a_run_scores_further_and_goes_on(cafe: Path, tmp_path: Path) -> None:
    out = tmp_path / "run"
    arguments = (*COMMON, "--condition", "noise:5", "--noise", cafe, "--out", out)
    first = codecbench(*arguments)
    assert first.returncode == 0, first.stderr
    rows = json.loads((out / "summary.json").read_text())["rows"]
    assert all(row["scores"]["estoi"]["mean"] < 0.95 for row in rows)
    assert open_run(out).findings().results.meta["condition"].startswith("noise(my-cafe-")
    assert "here the recordings in" in (out / "report.html").read_text()
    again = codecbench(*arguments)
    assert "0 computed, 4 reused" in again.stdout + again.stderr
    scored = codecbench("score", out, "--metrics", "si_sdr")
    assert scored.returncode == 0, scored.stderr
    assert "0 failed" in scored.stdout + scored.stderr
    (cafe / "a.wav").unlink()
    changed = codecbench(*arguments)
    assert changed.returncode == 2
    assert "holds a run in condition noise(my-cafe-" in changed.stderr


def test_shards_give_what_one_run_gives(cafe: Path, tmp_path: Path) -> None:
    asked = (*COMMON, "--condition", "noise:5", "--noise", cafe)
    for part in (1, 2):
        done = codecbench(*asked, "--shard", f"{part}/2", "--out", tmp_path / str(part))
        assert done.returncode == 0, done.stderr
    merged = codecbench("merge", tmp_path / "1", tmp_path / "2", "--out", tmp_path / "merged")
    assert merged.returncode == 0, merged.stderr
    assert codecbench(*asked, "--out", tmp_path / "one").returncode == 0
    whole, joined = (json.loads((tmp_path / name / "summary.json").read_text())["rows"] for name in ("one", "merged"))
    assert [row["scores"] for row in whole] == [row["scores"] for row in joined]


@pytest.mark.parametrize(
    ("make", "condition", "message"),
    [
        ("nothing", "noise:10", "no such folder"),
        ("empty", "noise:10", "holds no audio"),
        ("broken", "noise:10", "'b.wav' cannot be read"),
        ("good", "babble:10", "--noise: condition babble takes no recordings; these do: noise"),
        ("good", "wb", "--noise: condition wb takes no recordings; noise:10 does"),
        ("without", "noise(cafe-12345678):10", "its recordings are given by --noise FOLDER"),
    ],
)
def test_mistakes_are_one_line(tmp_path: Path, make: str, condition: str, message: str) -> None:
    folder = tmp_path / "noise"
    if make != "nothing":
        folder.mkdir()
    if make in ("broken", "good"):
        soundfile.write(folder / "a.wav", 0.1 * np.ones(100), 16000)
    if make == "broken":
        (folder / "b.wav").write_bytes(b"RIFF no audio")
    given = () if make == "without" else ("--noise", folder)
    done = in_process("run", "--codecs", "pcm", "--condition", condition, *given, "--out", tmp_path / "run")
    assert done.returncode == 2
    assert message in done.stderr
    assert "Traceback" not in done.stderr


def test_silent_recordings_fail_their_cells_with_the_reason(tmp_path: Path) -> None:
    (tmp_path / "noise").mkdir()
    soundfile.write(tmp_path / "noise/a.wav", np.zeros(16000), 16000)
    done = codecbench(*COMMON, "--condition", "noise:5", "--noise", tmp_path / "noise", "--out", tmp_path / "run")
    assert "Traceback" not in done.stderr
    reasons = {row.reason for row in open_run(tmp_path / "run").findings().results.codings}
    assert len(reasons) == 1
    assert "excerpts of the recordings of --noise are digital silence" in str(reasons)
