"""The tutorial's plugin, installed as an outsider's distribution, appears in `list codecs` and runs."""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path

import pytest
from conftest import REPOSITORY
from running import codecbench, read_summary

TUTORIAL = REPOSITORY / "docs" / "tutorial-codec-plugin.md"


def code_block(language: str) -> str:
    found = re.search(rf"```{language}\n(.*?)```", TUTORIAL.read_text(), re.DOTALL)
    assert found, f"the tutorial has no {language} block"
    return found[1]


@pytest.fixture
def site(tmp_path: Path) -> Path:
    """A folder of packages with the tutorial's distribution in it, put there by pip."""
    project = tmp_path / "project"
    project.mkdir()
    (project / "mulaw_codec.py").write_text(code_block("python"))
    (project / "pyproject.toml").write_text(code_block("toml"))
    target = tmp_path / "site"
    install = [sys.executable, "-m", "pip", "install", "--quiet", "--no-deps", "--target", str(target), str(project)]
    result = subprocess.run(install, capture_output=True, text=True, check=False)
    assert result.returncode == 0, result.stderr
    return target


def test_under_thirty_lines() -> None:
    assert sum(bool(line.strip()) for line in code_block("python").splitlines()) < 30


def test_an_outsiders_plugin_is_listed_and_runs(site: Path, tmp_path: Path) -> None:
    listed = codecbench("list", "codecs", site=site)
    assert re.search(r"^mulaw\s+default\s+none\s+16 kHz\s+128\b", listed.stdout, re.MULTILINE), listed.stdout
    out = tmp_path / "run"
    run = codecbench(
        "run", "--codecs", "mulaw", "--limit", 2, "--metrics", "stoi,pesq_wb", "--cost", "none", "--out", out, site=site
    )
    assert run.returncode == 0, run.stderr
    (row,) = read_summary(out)["rows"]
    assert row["measured_kbps"] == pytest.approx(128, rel=1e-4)
    assert row["scores"]["stoi"]["mean"] > 0.95
    assert row["scores"]["pesq_wb"]["mean"] > 2
