"""`codecbench dev`: a user's mistake is one line, never a traceback."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

SCORED = {
    "calibrate hallucination": ("--data", "manifest.tsv", "--cache", "cache.jsonl"),
    "calibrate pairs": (),
    "controls pairs": (),
}


def run(command: str, tmp_path: Path, *options: str) -> subprocess.CompletedProcess[str]:
    (tmp_path / "manifest.tsv").write_text("path\tspeaker\n")
    return subprocess.run(
        [sys.executable, "-m", "codecbench", "dev", *command.split(), *options],
        capture_output=True, text=True, cwd=tmp_path, check=False,
    )  # fmt: skip


@pytest.mark.parametrize("command", SCORED)
@pytest.mark.parametrize(
    ("name", "said"),
    [
        ("nosuch", "unknown recognizer 'nosuch'; known: whisper-tiny.en"),
        ("whisper:/nowhere", "there is no folder '/nowhere'"),
    ],
)
def test_a_recognizer_that_is_not_there(command: str, name: str, said: str, tmp_path: Path) -> None:
    result = run(command, tmp_path, *SCORED[command], "--recognizer", name)
    assert (result.returncode, len(result.stderr.splitlines())) == (2, 1), result.stderr
    assert said in result.stderr


def test_a_recognizer_that_cannot_score_texts(tmp_path: Path) -> None:
    pytest.importorskip("pocketsphinx")
    result = run("controls pairs", tmp_path, "--recognizer", "pocketsphinx")
    assert result.returncode == 2
    assert result.stderr == "codecbench: recognizer 'pocketsphinx' cannot score given texts\n"


def test_an_entropy_model_of_a_codec_without_weights(tmp_path: Path) -> None:
    result = run("entropy-model pcm", tmp_path, "--data", "manifest.tsv")
    assert result.returncode == 2
    assert result.stderr.startswith("codecbench: manifest.tsv: a training manifest is a TSV with at least")
