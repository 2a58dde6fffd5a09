"""`--weights CODEC=random`: a codec without its weights, for its rates and cost; and weights that are not here."""

from __future__ import annotations

from pathlib import Path

import pytest
from running import codecbench, read_summary

METRICS = ("--metrics", "si_sdr", "--cost", "none", "--keep-audio", "none", "--limit", 1)


@pytest.fixture
def empty_cache(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CODECBENCH_CACHE", str(tmp_path / "cache"))


@pytest.mark.usefixtures("empty_cache")
def test_random_weights_are_run_and_said(tmp_path: Path, clips: Path) -> None:
    run = (
        "run",
        "--codecs",
        "snac,opus",
        "--bitrates",
        "0.98,6",
        "--dataset",
        clips,
        *METRICS,
        "--out",
        tmp_path / "run",
    )
    done = codecbench(*run, "--weights", "snac=random")
    assert done.returncode == 0, done.stderr
    row = next(row for row in read_summary(tmp_path / "run")["rows"] if row["codec"] == "snac")
    assert (row["track"], row["tokens"]["frame_rate"]) == ("untrained", pytest.approx(24000 / 2048))
    assert [book["per_frame"] for book in row["tokens"]["codebooks"]] == [1, 2, 4]
    assert "The weights are not trained: the figures say nothing about the codec." in done.stdout
    again = codecbench(*run, "--weights", "snac=random")
    assert again.returncode == 0, again.stderr
    assert read_summary(tmp_path / "run")["run"]["computed"] == 0


@pytest.mark.usefixtures("empty_cache")
def test_a_named_codec_without_weights_says_how_to_get_them(tmp_path: Path, clips: Path) -> None:
    refused = codecbench("run", "--codecs", "mimi,opus", "--bitrates", "1.1,6", "--dataset", clips, *METRICS,
                         "--out", tmp_path / "run")  # fmt: skip
    assert refused.returncode == 3
    assert "`codecbench weights pull mimi:kyutai`" in refused.stdout
    assert "`--weights mimi:kyutai=random` for its rates and cost alone" in refused.stdout


@pytest.mark.usefixtures("empty_cache")
def test_of_all_codecs_those_without_weights_are_one_line(tmp_path: Path, clips: Path) -> None:
    done = codecbench("run", "--codecs", "all", "--bitrates", "0.8,1.1", "--dataset", clips, *METRICS,
                      "--out", tmp_path / "run")  # fmt: skip
    assert done.returncode == 0, done.stderr
    told = " ".join(done.stdout.split())
    assert told.count("its weights are not on this machine; `codecbench weights list` says how to get them") == 1
    for name in ("mimi:kyutai", "xcodec2:hkust", "neucodec:neuphonic"):
        assert name in told


def test_a_codec_that_has_no_weights_is_refused(tmp_path: Path) -> None:
    refused = codecbench("run", "--codecs", "opus", "--weights", "opus=random", "--out", tmp_path / "run")
    assert refused.returncode == 2
    assert "--weights opus:default=random: this codec has no weights" in refused.stderr
