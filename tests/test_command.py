"""Commands beside `codecbench`: a user's mistake is one line, never a traceback."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
SCORED = {
    "calibration": ("recipes", "calibrate-hallucination", "--data", "manifest.tsv", "--cache", "cache.jsonl"),
    "pairs": ("recipes", "calibrate-pairs"),
    "pairs alone": ("recipes.pairs_calibration",),
    "controls": ("codecbench.metrics.pairs.controls",),
}


@pytest.mark.parametrize("command", SCORED)
@pytest.mark.parametrize(
    ("name", "said"),
    [
        ("nosuch", "unknown recognizer 'nosuch'; known: whisper-tiny.en"),
        ("whisper:/nowhere", "there is no folder '/nowhere'"),
    ],
)
def test_a_recognizer_that_is_not_there(command: str, name: str, said: str, tmp_path: Path) -> None:
    (tmp_path / "manifest.tsv").write_text("path\tspeaker\n")
    (tmp_path / "recipes").symlink_to(ROOT / "recipes")
    result = subprocess.run(
        [sys.executable, "-m", *SCORED[command], "--recognizer", name],
        capture_output=True, text=True, cwd=tmp_path, check=False,
    )  # fmt: skip
    assert (result.returncode, len(result.stderr.splitlines())) == (2, 1), result.stderr
    assert said in result.stderr


def test_a_recognizer_that_cannot_score_texts(tmp_path: Path) -> None:
    pytest.importorskip("pocketsphinx")
    result = subprocess.run(
        [sys.executable, "-m", "codecbench.metrics.pairs.controls", "--recognizer", "pocketsphinx"],
        capture_output=True, text=True, cwd=tmp_path, check=False,
    )  # fmt: skip
    assert result.returncode == 2
    assert result.stderr == "Error: recognizer 'pocketsphinx' cannot score given texts\n"
