"""The site of docs/: it builds without a warning or the network, and a link that leads nowhere fails it."""

from __future__ import annotations

import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from conftest import REPOSITORY

DOCS = REPOSITORY / "docs"
ELSEWHERE = re.compile(r'<(?:script|link|img)[^>]+(?:src|href)="(?:https?:)?//')
"""What a page would load from the network."""

for package in ("sphinx", "furo", "myst_parser", "sphinx_click"):
    pytest.importorskip(package)


def build(source: Path, out: Path) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "sphinx", "-W", "--keep-going", "-q", "-b", "html", str(source), str(out)]
    return subprocess.run(command, capture_output=True, text=True, timeout=300, check=False)


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Path:
    out = tmp_path_factory.mktemp("site") / "html"
    result = build(DOCS, out)
    assert result.returncode == 0, result.stderr
    return out


def test_every_page_is_in_the_site_and_loads_nothing_from_elsewhere(site: Path) -> None:
    pages = {path.relative_to(DOCS).with_suffix("").as_posix() for path in DOCS.rglob("*.md")}
    for page in pages:
        text = (site / f"{page}.html").read_text(encoding="utf-8")
        assert not ELSEWHERE.search(text), page
    index = (site / "index.html").read_text(encoding="utf-8")
    assert all(f'href="{page}.html"' in index for page in pages - {"index"})


def test_the_command_lines_reference_has_every_verb(site: Path) -> None:
    from codecbench.cli import cli

    text = (site / "reference" / "command-line.html").read_text(encoding="utf-8")
    for name, command in cli.commands.items():
        assert command.hidden or f'id="codecbench-{name}"' in text, name
    python = (site / "reference" / "python.html").read_text(encoding="utf-8")
    assert "codecbench.running.run" in python
    assert "to_pandas" in python


@pytest.mark.parametrize("link", ["nowhere.md", "ci.md#no-such-heading", "../reports/nowhere.md"])
def test_a_link_that_leads_nowhere_fails(link: str, tmp_path: Path) -> None:
    source = tmp_path / "docs"
    source.mkdir()
    for name in ("conf.py", "ci.md"):
        shutil.copy(DOCS / name, source / name)
    page = "# Site\n\n```{toctree}\nci\n```\n\n[a link]("
    (source / "ci.md").write_text("# CI\n\n## A heading\n")
    (source / "index.md").write_text(f"{page}ci.md#a-heading)\n")
    assert build(source, tmp_path / "good").returncode == 0
    (source / "index.md").write_text(f"{page}{link})\n")
    result = build(source, tmp_path / "bad")
    assert result.returncode == 1, result.stderr
    assert "index.md" in result.stderr
