"""The metric tutorial's plugin, installed as an outsider's distribution, is listed and scores."""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
from conftest import REPOSITORY
from running import codecbench, read_summary

TUTORIAL = REPOSITORY / "docs" / "tutorial-metric-plugin.md"


def code_block(language: str) -> str:
    found = re.search(rf"```{language}\n(.*?)```", TUTORIAL.read_text(), re.DOTALL)
    assert found, f"the tutorial has no {language} block"
    return found[1]


@pytest.fixture
def site(tmp_path: Path) -> Path:
    """A folder of packages with the tutorial's distribution in it, put there by pip."""
    project = tmp_path / "project"
    project.mkdir()
    (project / "pitch_metrics.py").write_text(code_block("python"))
    (project / "pyproject.toml").write_text(code_block("toml"))
    target = tmp_path / "site"
    install = [sys.executable, "-m", "pip", "install", "--quiet", "--no-deps", "--target", str(target), str(project)]
    result = subprocess.run(install, capture_output=True, text=True, check=False)
    assert result.returncode == 0, result.stderr
    return target


def test_its_pitch_is_that_of_the_signal() -> None:
    names: dict[str, object] = {}
    exec(code_block("python"), names)
    tone = 0.3 * np.sign(np.sin(2 * np.pi * 160 * np.arange(16000) / 16000))
    measured = names["pitch"](tone)  # type: ignore[operator]
    assert np.median(measured) == pytest.approx(160, rel=0.01)
    assert not names["pitch"](np.zeros(16000)).any()  # type: ignore[operator]


def test_an_outsiders_group_is_listed_and_scores(site: Path, tmp_path: Path) -> None:
    listed = codecbench("list", "metrics", site=site)
    assert "pitch_error" in listed.stdout
    assert "voicing_mismatch" in listed.stdout
    out = tmp_path / "run"
    run = codecbench(
        "run", "--codecs", "opus,codec2", "--bitrates", "0.7,32", "--limit", 4, "--metrics", "pitch_error,stoi",
        "--cost", "none", "--out", out, site=site,
    )  # fmt: skip
    assert run.returncode == 0, run.stderr
    scored = codecbench("score", out, "--metrics", "pitch_error,voicing_mismatch", site=site)
    assert scored.returncode == 0, scored.stderr
    rows = {row["codec"]: row["scores"] for row in read_summary(out)["rows"]}
    for metric in ("pitch_error", "voicing_mismatch"):
        assert rows["opus"][metric]["n"] == 4
        assert rows["opus"][metric]["mean"] < rows["codec2"][metric]["mean"]
    table = codecbench("table", out, "--columns", "pitch_error,voicing_mismatch", site=site)
    assert "pitch" in table.stdout
    assert "cents" in table.stdout
