"""A codec that is added touches its package, pyproject.toml and its tests: nothing else names the codecs there are."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from importlib.metadata import entry_points
from pathlib import Path

import pytest
from conftest import REPOSITORY

from codecbench.plugins import load_registry

OWN = tuple(point for point in entry_points(group="codecbench") if point.dist and point.dist.name == "codecbench")
NAMES = load_registry(OWN).codec_names()
FACTS = {
    "codecbench/campaigns/recordings.py": "the suffix of a format",
    "codecbench/analysis/series.py": "looks in figures that are published already",
    "codecbench/controls/degradations.py": "fixed degradations of the control experiments",
    "codecbench/controls/recognizer/windows.py": "what the windows are compared on",
    "codecbench/report/hallucination/thresholds.py": "the point of the false-alarm floor",
    "codecbench/report/bd.py": "the units of metrics",
    "codecbench/report/breakdown.py": "the units of metrics",
    "codecbench/report/verdict.py": "the units of metrics",
    "recipes/documents/": "conclusions from measured figures: who is ahead of whom, in sentences",
    "recipes/findings/rivals.py": "the classical codecs that the reference weights are held against",
    "recipes/training/experiment.py": "which trainings were repeated with more seeds",
    "recipes/__main__.py": "whom the published question was about",
}
"""Where a name is a fact of what was measured, and no list to be kept up."""


def named(path: Path) -> Iterator[str]:
    """Codecs' names among the texts of a module, docstrings left out: those are whole sentences."""
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Constant) and node.value in NAMES:
            yield node.value


@pytest.mark.parametrize("tree", ["codecbench", "recipes"])
def test_no_list_of_codecs_is_kept(tree: str) -> None:
    lists = {
        str(path.relative_to(REPOSITORY)): sorted(set(found))
        for path in sorted((REPOSITORY / tree).rglob("*.py"))
        if (found := list(named(path)))
    }
    assert not [path for path in lists if not path.startswith(tuple(FACTS))], lists


def test_pyproject_names_each_plugin_in_its_three_places() -> None:
    """Entry point, types and import contracts: one file."""
    text = (REPOSITORY / "pyproject.toml").read_text(encoding="utf-8")
    for package in sorted(path.name for path in (REPOSITORY / "plugins").glob("codecbench_*")):
        if package != "codecbench_layers":  # shared by the codecs, registers nothing
            assert f'= "{package}"' in text
        assert text.count(f'"{package}"') >= 3, package
