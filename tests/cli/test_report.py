from __future__ import annotations

from pathlib import Path
from typing import get_args

import pytest
from click.testing import CliRunner
from made_runs import MadeCodec, made_results, store_results, write_audio

from codecbench.cli.report import AUDIO, report
from codecbench.errors import UsageError
from codecbench.report.page import AUDIO_MB, AudioMode


@pytest.fixture
def run(tmp_path: Path) -> Path:
    results = made_results([MadeCodec("opus", (6, 12))], utterances=4, meta={"request": {}})
    folder = store_results(results, tmp_path / "run")
    write_audio(results, folder)
    return folder


def call(*arguments: object) -> str:
    result = CliRunner().invoke(report, [*map(str, arguments)], catch_exceptions=False)
    assert result.exit_code == 0, result.output
    return result.output


def test_report_and_summary_into_the_run(run: Path) -> None:
    assert str(run / "report.html") in call(run)
    assert (run / "summary.json").is_file()


def test_out_writes_elsewhere_and_leaves_the_run_alone(run: Path, tmp_path: Path) -> None:
    before = {path.name for path in run.iterdir()}
    out = tmp_path / "shared.html"
    assert str(out) in call(run, "--out", out)
    assert {path.name for path in run.iterdir() if "-" not in path.name} == {n for n in before if "-" not in n}
    assert "</html>" in out.read_text()


def test_audio_modes(run: Path, tmp_path: Path) -> None:
    sizes = {}
    for mode in AUDIO:
        out = tmp_path / f"{mode}.html"
        call(run, "--out", out, "--audio", mode)
        sizes[mode] = out.stat().st_size
    assert sizes["none"] < sizes["link"] < sizes["embed"]
    assert get_args(AudioMode) == AUDIO


def test_less_audio_is_a_smaller_file_that_says_so(run: Path, tmp_path: Path) -> None:
    whole, part = tmp_path / "whole.html", tmp_path / "part.html"
    call(run, "--out", whole)
    call(run, "--out", part, "--audio-mb", "0.01")
    assert part.stat().st_size < whole.stat().st_size
    assert "holds at most 0.01 MB of audio" in part.read_text()
    assert "holds at most" not in whole.read_text()
    assert {one.name: one.default for one in report.params}["audio_mb"] == AUDIO_MB


def test_mistakes_are_one_line(run: Path, tmp_path: Path) -> None:
    for arguments, message in [
        ((tmp_path / "nothing",), "holds no run"),
        ((run, "--out", tmp_path), "is a folder; give a file in it"),
        ((run, "--out", tmp_path / "no" / "x.html"), "there is no folder"),
        ((run, "--audio", "link", "--audio-mb", "5"), "--audio-mb: only with --audio embed"),
        ((run, "--audio", "none", "--audio-mb", "5"), "--audio-mb: only with --audio embed"),
    ]:
        with pytest.raises(UsageError, match=message):
            CliRunner().invoke(report, [*map(str, arguments)], catch_exceptions=False)
    result = CliRunner().invoke(report, [str(run), "--audio", "mp3"])
    assert result.exit_code == 2
    assert "'embed', 'link', 'none'" in result.output
