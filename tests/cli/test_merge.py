"""`codecbench merge` and `run --shard` as they are typed."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from running import codecbench, in_process, read_summary

ARGUMENTS = ("run", "--codecs", "pcm", "--bitrates", "256", "--metrics", "si_sdr", "--cost", "none")


@pytest.fixture(scope="module")
def shards(clips: Path, tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Path]:
    folder = tmp_path_factory.mktemp("shards")
    for index in (1, 2):
        out = folder / str(index)
        result = codecbench(*ARGUMENTS, "--dataset", clips, "--shard", f"{index}/2", "--out", out)
        assert result.returncode == 0, result.stderr
        assert f"shard {index}/2: " in result.stderr
        assert "A shard keeps no audio" in result.stderr
        assert f"shard {index}/2 alone, " in result.stdout
        assert not (out / "audio").exists()
    return folder / "1", folder / "2"


def test_merging_ends_as_a_run_does(shards: tuple[Path, Path], tmp_path: Path) -> None:
    out = tmp_path / "run"
    part = in_process("merge", shards[1], "--out", out)
    assert part.returncode == 3
    assert "not complete: " in part.stdout
    assert "shards not given: 1 of 2; each: codecbench run --codecs pcm" in part.stdout
    assert "--shard I/2 --out FOLDER" in part.stdout
    whole = in_process("merge", *shards, "--out", out)
    assert whole.returncode == 0, whole.stdout + whole.stderr
    assert "complete: 3 cells of 2 shards" in whole.stdout
    assert "scores: 3 merged, 0 failed, 0 skipped, 0 abstained" in whole.stdout
    run = read_summary(out)["run"]
    assert run["finished"] is not None
    assert "--shard" not in run["command"]
    assert f"--out {out}" in run["command"]
    assert "<audio" not in (out / "report.html").read_text()
    again = in_process("report", out)
    assert again.returncode == 0
    assert again.stdout.splitlines()[0] in whole.stdout


def test_a_refusal_is_one_line(shards: tuple[Path, Path], clips: Path, tmp_path: Path) -> None:
    result = in_process("merge", *shards, "--out", shards[0])
    assert result.returncode == 2
    assert result.stderr == f"codecbench: --out '{shards[0]}' holds shard 1/2; choose another folder\n"
    other = in_process(*ARGUMENTS, "--dataset", clips, "--shard", "2/2", "--out", shards[0])
    assert other.returncode == 2
    assert other.stderr.strip().endswith("holds shard 1/2, not shard 2/2; choose another --out")
    assert json.loads((shards[0] / "summary.json").read_text())["run"]["finished"] is not None


def test_a_shard_needs_a_folder_of_its_own(clips: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    result = in_process(*ARGUMENTS, "--dataset", clips, "--shard", "1/2")
    assert result.returncode == 2
    assert "--shard 1/2: give it a folder of its own, for example --out shards/1" in result.stderr
    assert list(tmp_path.iterdir()) == []


def test_a_shard_is_not_scored_by_itself(shards: tuple[Path, Path]) -> None:
    result = in_process("score", shards[0], "--metrics", "stoi")
    assert result.returncode == 2
    assert "is shard 1/2 of a run: merge its shards and score that" in result.stderr
