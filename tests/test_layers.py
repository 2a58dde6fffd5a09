"""The contracts on imports hold, and an import that breaks one is found."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from conftest import REPOSITORY

pytest.importorskip("importlinter")
COMMAND = "import sys; from importlinter.cli import lint_imports; sys.exit(lint_imports(no_cache=True))"
PLANTED = {
    "codecbench/store/rows.py": ("from codecbench.analysis import summarize", "Layers"),
    "codecbench/analysis/rates.py": ("from codecbench.metrics.pesq import Pesq", "The analysis reads metrics"),
    "codecbench/run/kept.py": ("from codecbench.analysis import summarize", "The runner and the metrics"),
    "plugins/codecbench_dac/codec.py": ("from codecbench.store import Store", "Plugins import the contract"),
}


def lint(root: Path) -> subprocess.CompletedProcess[str]:
    environment = dict(os.environ, PYTHONPATH=os.pathsep.join([str(root), str(root / "plugins")]))
    return subprocess.run(
        [sys.executable, "-c", COMMAND], cwd=root, env=environment, capture_output=True, text=True, check=False
    )


@pytest.fixture
def copy(tmp_path: Path) -> Path:
    """The sources and their contracts, without data."""
    for tree in ("codecbench", "plugins"):
        shutil.copytree(REPOSITORY / tree, tmp_path / tree, ignore=_all_but_sources)
    shutil.copy(REPOSITORY / "pyproject.toml", tmp_path)
    return tmp_path


def _all_but_sources(folder: str, names: list[str]) -> list[str]:
    return [
        name for name in names if not (name.endswith(".py") or Path(folder, name).is_dir()) or name == "__pycache__"
    ]


def test_the_contracts_hold() -> None:
    found = lint(REPOSITORY)
    assert found.returncode == 0, found.stdout + found.stderr


@pytest.mark.parametrize("module", PLANTED)
def test_a_planted_import_is_found(copy: Path, module: str) -> None:
    line, contract = PLANTED[module]
    path = copy / module
    path.write_text(f"{path.read_text()}\n{line}\n")
    found = lint(copy)
    assert found.returncode == 1, found.stdout + found.stderr
    assert any(contract in text and "BROKEN" in text for text in found.stdout.splitlines()), found.stdout
