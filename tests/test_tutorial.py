"""The tutorial's plugin, installed as an outsider's distribution, appears in `list codecs` and runs."""

from __future__ import annotations

import math
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


KINDS = ("haar", "wide", "leveled", "runs")


@pytest.fixture(scope="module")
def token_run(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A run of the codecs of the section on tokens, from their file."""
    folder = tmp_path_factory.mktemp("tokens")
    blocks = re.findall(r"```python\n(.*?)```", TUTORIAL.read_text(), re.DOTALL)
    (folder / "token_codecs.py").write_text(next(block for block in blocks if "class Haar" in block))
    run = codecbench(
        "run", "--codecs", folder / "token_codecs.py", "--limit", 2, "--metrics", "si_sdr", "--cost", "none",
        "--out", folder / "run",
    )  # fmt: skip
    assert run.returncode == 0, run.stderr
    return folder / "run"


def test_tokens_of_every_kind_are_packed_decoded_and_counted(token_run: Path) -> None:
    rows = {row["codec"]: row for row in read_summary(token_run)["rows"]}
    assert set(rows) == set(KINDS)
    for name, sdr in {"haar": 20, "wide": 60, "leveled": 25, "runs": 20}.items():
        assert rows[name]["scores"]["si_sdr"]["mean"] > sdr, name
    haar, wide, leveled, runs = (rows[name]["tokens"] for name in KINDS)
    assert haar["frames_per_s"] == pytest.approx(4000, rel=1e-3)
    assert haar["tokens_per_s"] == pytest.approx(16000, rel=1e-3)
    assert [book["per_frame"] for book in haar["codebooks"]] == [1, 1, 2]
    assert wide["kbps"] == pytest.approx(256)
    assert 16000 < leveled["tokens_per_s"] < 16001
    assert runs["tokens_per_s"] < 2 * 0.9 * 16000  # runs of one value are one frame
    for name in KINDS:  # what is measured is what the codes need: nothing is sent beside them
        assert rows[name]["measured_kbps"] == pytest.approx(rows[name]["tokens"]["kbps"], abs=0.01)
        assert all(1 < book["entropy_bits"] <= math.log2(book["size"]) for book in rows[name]["codebooks"][-1:])


def test_token_rates_are_a_table_and_in_the_report(token_run: Path) -> None:
    table = codecbench("table", token_run, "--preset", "rate")
    assert table.returncode == 0, table.stderr
    assert "1 × 4096 (1 an utterance) + 1 × 256" in table.stdout
    assert re.search(r"wide.*1 × 65536 +16,?000", table.stdout), table.stdout
    report = (token_run / "report.html").read_text()
    assert "3 × 256 (1, 1, 2 a frame)" in report


def test_a_codec_in_an_environment_of_its_own(tmp_path: Path) -> None:
    """The two files of that section, by the Python that is here: the tests of environments make some."""
    _, section = TUTORIAL.read_text().split("## A codec in an environment of its own")
    plugin, side = re.findall(r"```python\n(.*?)```", section, re.DOTALL)
    (tmp_path / "far_codec.py").write_text(plugin)
    (tmp_path / "far_side.py").write_text(side)
    out = tmp_path / "run"
    run = codecbench(
        "run", "--codecs", tmp_path / "far_codec.py", "--python", f"far={sys.executable}", "--limit", 1, "--metrics",
        "stoi", "--cost", "none", "--out", out,
    )  # fmt: skip
    assert run.returncode == 0, run.stderr
    (row,) = read_summary(out)["rows"]
    assert row["measured_kbps"] == pytest.approx(128, rel=1e-4)
    assert row["scores"]["stoi"]["mean"] > 0.9


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
