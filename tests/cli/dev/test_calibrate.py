"""Where calibrations are written; the thresholds themselves have tests of their own."""

from __future__ import annotations

from pathlib import Path

import pytest
from click.testing import CliRunner

from codecbench import calibrations
from codecbench.cli.dev.calibrate import calibrate
from codecbench.controls.hallucination import calibrating as verdict
from codecbench.controls.pairs import calibrating as flips
from codecbench.errors import UsageError
from codecbench.metrics.hallucination.calibration import VerdictCalibration
from codecbench.metrics.pairs.calibration import FlipCalibration

VERDICT = VerdictCalibration("r", "1", (), "n", "w", 0.6, 0.5, 2.0, 0.05, 0.2, 500, 30, 30, "0" * 64, {})
FLIP = FlipCalibration("r", "1", (), 7.0, 0.05, 0.9, 10, 9, {})


@pytest.fixture(autouse=True)
def found_at_once(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setattr(verdict, "find_calibration", lambda *_: VERDICT)
    monkeypatch.setattr(flips, "find_calibration", lambda *_: FLIP)
    monkeypatch.setattr(calibrations, "user_folder", lambda: tmp_path / "own")


def run(tmp_path: Path, *arguments: object) -> str:
    (tmp_path / "speech.tsv").write_text("id\tpath\n")
    result = CliRunner().invoke(calibrate, [str(argument) for argument in arguments], catch_exceptions=False)
    assert result.exit_code == 0, result.output
    return result.output


def test_by_default_into_the_users_folder(tmp_path: Path) -> None:
    said = run(tmp_path, "hallucination", "--data", tmp_path / "speech.tsv", "--cache", tmp_path / "evidence")
    assert said == f"{tmp_path}/own/hallucination-r.json: probability 0.6, margin 2 nats per word\n"
    assert run(tmp_path, "pairs") == f"{tmp_path}/own/pairs-r.json: shift 7 nats\n"


def test_or_into_a_file(tmp_path: Path) -> None:
    run(tmp_path, "pairs", "--out", tmp_path / "mine.json")
    assert FlipCalibration.read(tmp_path / "mine.json") == FLIP
    assert not (tmp_path / "own").exists()


def test_a_file_that_cannot_be_written_is_refused_before_the_work(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="there is no folder"):
        run(tmp_path, "pairs", "--out", tmp_path / "nowhere" / "mine.json")
