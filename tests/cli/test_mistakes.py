"""A user's mistake is one short message with what to do, exit status 2, and never a traceback."""

from __future__ import annotations

from pathlib import Path

import pytest
from running import codecbench, in_process


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["run", "--codecs", "opsu"], "unknown codec 'opsu'; known: "),
        (["run", "--codecs", "opus:best"], "codec 'opus' has no checkpoint 'best'; it has: default"),
        (["run", "--codecs", "opus,,pcm"], "--codecs 'opus,,pcm': expected names separated by commas"),
        (["run", "--metrics", "pesq"], "unknown metric 'pesq'; known: "),
        (["run", "--dataset", "librispeech"], "unknown dataset 'librispeech'; known: probe, pairs"),
        (["run", "--bitrates", "low"], "all bitrates are shown by: codecbench list codecs --rates"),
        (["run", "--codecs", "pcm", "--bitrates", "low"], "no bitrate matches low; it has 96, 128, 192, 256"),
        (["run", "--bitrates", "6-1"], "--bitrates '6-1': 6-1 is an empty range"),
        (["run", "--codecs", "opus", "--bitrates", "1.5"], "no chosen codec has such a bitrate"),
        (["run", "--limit", "0"], "--limit must be at least 1, got 0"),
        (["run", "--weights", "encodec"], "--weights 'encodec': expected NAME=PATH"),
        (["run", "--codecs", "pcm", "--weights", "encodec=x"], "that codec is not in --codecs"),
        (["run", "--shard", "5/4"], "--shard '5/4': shards are counted from 1 to N, as in 1/4"),
        (["run", "--shard", "x"], "--shard 'x': expected I/N, for example 3/64"),
        (["run", "--shard", "1/4", "--keep-audio", "all"], "--keep-audio all: a shard keeps no audio"),
        (["merge"], "Missing argument 'SHARD...'"),
        (["merge", "nowhere"], "nowhere' holds no run"),
        (["run", "--jobs", "many"], "'many' is not a valid integer"),
        (["run", "--colour"], "No such option '--colour'"),
        (["runn"], "No such command 'runn'"),
        (["report", "nowhere"], "'nowhere' holds no run (no results.sqlite); make one with: codecbench run --out"),
        (["score", "nowhere"], "'nowhere' holds no run"),
        (["list", "planets"], "'planets' is not one of 'codecs', 'metrics', 'datasets'"),
        (["weights", "pull", "opus"], "opus:default needs no weights"),
    ],
)  # fmt: skip
def test_one_message_and_status_2(tmp_path: Path, arguments: list[str], message: str) -> None:
    out = ["--out", tmp_path / "run"] if arguments[0] == "run" else []
    result = in_process(*arguments, *out)
    assert result.returncode == 2, result.stdout + result.stderr
    assert message in result.stderr
    assert "Traceback" not in result.stderr
    assert len(result.stderr.strip().splitlines()) <= 4
    assert not (tmp_path / "run").exists()


def test_out_is_a_file(tmp_path: Path) -> None:
    (tmp_path / "run").write_text("mine")
    result = in_process("run", "--codecs", "pcm", "--out", tmp_path / "run")
    assert result.returncode == 2
    assert "is a file; give a folder" in result.stderr
    assert (tmp_path / "run").read_text() == "mine"


def test_out_is_another_things_folder(tmp_path: Path) -> None:
    (tmp_path / "thesis.tex").write_text("years of work")
    result = in_process("run", "--codecs", "pcm", "--out", tmp_path)
    assert result.returncode == 2
    assert "is not empty and holds no run; choose another folder" in result.stderr
    assert [path.name for path in tmp_path.iterdir()] == ["thesis.tex"]


def test_out_is_not_a_run(tmp_path: Path) -> None:
    (tmp_path / "results.sqlite").write_bytes(b"something else entirely" * 100)
    result = in_process("report", tmp_path)
    assert result.returncode == 2
    assert "is not a codecbench run" in result.stderr


def test_another_dataset_needs_another_folder(tmp_path: Path, clips: Path) -> None:
    few = ("run", "--codecs", "pcm", "--bitrates", "256", "--metrics", "si_sdr", "--cost", "none", "--limit", 1)
    assert codecbench(*few, "--dataset", clips, "--out", tmp_path / "run").returncode == 0
    result = codecbench(*few, "--dataset", "probe", "--out", tmp_path / "run")
    assert result.returncode == 2
    assert "choose another --out" in result.stderr
