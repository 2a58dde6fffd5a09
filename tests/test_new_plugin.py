"""The project of `codecbench new-plugin`, as somebody would use it: installed, tested, gated, broken, red."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest
from conftest import REPOSITORY

from codecbench.errors import UsageError
from codecbench.new_plugin import write_project

NAME = "my-codec"


def call(project: Path, *command: str) -> subprocess.CompletedProcess[str]:
    """In the project, where its distribution and this codecbench are installed."""
    path = os.pathsep.join([str(project.parent / "site"), str(REPOSITORY), str(REPOSITORY / "plugins")])
    environment = dict(os.environ, PYTHONPATH=path, COLUMNS="160")
    return subprocess.run(
        command, cwd=project, env=environment, capture_output=True, text=True, timeout=500, check=False
    )


@pytest.fixture(scope="module")
def project(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("new") / "project"
    write_project(NAME, folder)
    pip = [sys.executable, "-m", "pip", "install", "--quiet", "--no-deps", "--no-build-isolation", "--target"]
    done = subprocess.run([*pip, folder.parent / "site", folder], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    return folder


def test_its_tests_pass_as_it_is_written(project: Path) -> None:
    done = call(project, sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider")
    assert done.returncode == 0, done.stdout
    assert "1 passed, 1 skipped" in done.stdout


def test_its_gate_is_green_and_then_red_for_a_planted_regression(project: Path) -> None:
    codecbench = (sys.executable, "-m", "codecbench")
    lines = (project / "README.md").read_text().splitlines()
    for command in (line for line in lines if line.startswith("codecbench ")):
        if "--out" in command:  # the two that write the baseline
            words = command.removeprefix("codecbench ").replace("pesq_wb,estoi,lsd", "si_sdr,lsd").split()
            done = call(project, *codecbench, *words, *(["--limit", "12"] if words[0] == "run" else []))
            assert done.returncode == 0, done.stderr
    assert call(project, sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider").returncode == 0
    module = project / "my_codec_codec.py"  # the working folder comes before what is installed
    source = module.read_text()
    worse = source.replace("np.round((y + 1) * 127.5)", "(np.round((y + 1) * 127.5) // 8 * 8)")
    assert worse != source
    module.write_text(worse)
    done = call(project, sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider")
    module.write_text(source)
    assert done.returncode == 1
    assert "regressed: my-codec" in done.stdout


@pytest.mark.parametrize("name", ["class", "1st", "", "a b", "../x", "-x"])
def test_a_name_that_cannot_be_is_refused(tmp_path: Path, name: str) -> None:
    with pytest.raises(UsageError, match="cannot name a codec and a Python module"):
        write_project(name, tmp_path / "project")


def test_nothing_is_written_over(tmp_path: Path) -> None:
    (tmp_path / "thesis.tex").write_text("years of work")
    with pytest.raises(UsageError, match="is there and not empty"):
        write_project(NAME, tmp_path)
    assert [path.name for path in tmp_path.iterdir()] == ["thesis.tex"]
