"""The light core: results are read, listed and rendered where no codec, metric or torch is installed."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

HEAVY = "torch transformers pesq pystoi jiwer faster_whisper ctranslate2 av pycodec2 constriction safetensors pooch"

BLOCKER = """
import sys

class Absent:
    def find_spec(self, name, path=None, target=None):
        if name.partition(".")[0] in {heavy!r}.split():
            raise ModuleNotFoundError(f"No module named {{name!r}}", name=name)

sys.meta_path.insert(0, Absent())
"""


@pytest.fixture
def bare(tmp_path: Path) -> dict[str, str]:
    """An environment in which every extra is missing, in the command and in its workers."""
    (tmp_path / "sitecustomize.py").write_text(BLOCKER.format(heavy=HEAVY))
    return dict(os.environ, PYTHONPATH=str(tmp_path), COLUMNS="160")


def codecbench(environment: dict[str, str], *arguments: object) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "codecbench", *map(str, arguments)]
    return subprocess.run(command, env=environment, capture_output=True, text=True, timeout=120, check=False)


@pytest.mark.parametrize("kind", ["codecs", "metrics", "datasets"])
def test_listing(bare: dict[str, str], kind: str) -> None:
    result = codecbench(bare, "list", kind)
    assert result.returncode == 0, result.stderr
    assert "did not load" not in result.stdout


def test_a_run_says_what_is_missing(bare: dict[str, str], tmp_path: Path) -> None:
    out = tmp_path / "run"
    metrics = "si_sdr,pesq_wb,wer"
    result = codecbench(
        bare, "run", "--codecs", "pcm,opus", "--limit", 1, "--metrics", metrics, "--cost", "none", "--out", out
    )
    assert result.returncode == 0, result.stderr + result.stdout
    assert "Traceback" not in result.stderr + result.stdout
    assert "codecbench[classic]" in result.stdout
    assert "codecbench[asr]" in result.stdout
    assert "codecbench[quality]" in result.stdout
    again = codecbench(bare, "report", out)
    assert again.returncode == 0, again.stderr
    assert (out / "report.html").is_file()


def test_env(bare: dict[str, str]) -> None:
    assert codecbench(bare, "env", "--json").returncode == 0
