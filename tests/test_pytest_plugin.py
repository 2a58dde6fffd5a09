"""The fixture `codecbench_gate` in a maintainer's own test suite."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from importlib.metadata import entry_points
from pathlib import Path

import pytest
from conftest import REPOSITORY
from running import codecbench

PLUGIN = "codecbench.pytest_plugin"
TEST = """
def test_no_regression(codecbench_gate):
    outcome = codecbench_gate({codec!r}, baseline="baselines/main.json", metrics=["si_sdr", "lsd"])
    assert outcome.status == 0
"""


@pytest.fixture(scope="module")
def baseline(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("run")
    common = ("--limit", 8, "--metrics", "si_sdr,lsd", "--cost", "none", "--bitrates", "128", "--out", folder / "run")
    assert codecbench("run", "--codecs", "pcm", *common).returncode == 0
    assert codecbench("baseline", "write", folder / "run", "--out", folder / "main.json").returncode == 0
    return folder / "main.json"


def run_pytest(folder: Path, document: str, codec: str = "pcm") -> subprocess.CompletedProcess[str]:
    """pytest in a project of its own, with the plugin where its entry point is not installed yet."""
    (folder / "baselines").mkdir()
    (folder / "baselines" / "main.json").write_text(document)
    (folder / "test_codec.py").write_text(TEST.format(codec=codec))
    (folder / "pytest.ini").write_text("[pytest]\n")
    installed = {point.value for point in entry_points(group="pytest11")}
    plugin = [] if PLUGIN in installed else ["-p", PLUGIN]
    command = [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", *plugin, str(folder)]
    environment = dict(os.environ, PYTHONPATH=os.pathsep.join([str(REPOSITORY), os.environ.get("PYTHONPATH", "")]))
    return subprocess.run(command, cwd=folder, env=environment, capture_output=True, text=True, check=False)


def test_the_same_codec_passes(baseline: Path, tmp_path: Path) -> None:
    result = run_pytest(tmp_path, baseline.read_text())
    assert result.returncode == 0, result.stdout
    assert "1 passed" in result.stdout


def test_a_worse_codec_fails_with_the_gates_reasons(baseline: Path, tmp_path: Path) -> None:
    document = json.loads(baseline.read_text())
    scores = document["rows"][0]["metrics"]["si_sdr"]["scores"]
    for utterance in scores:
        scores[utterance] += 3
    result = run_pytest(tmp_path, json.dumps(document))
    assert result.returncode == 1
    assert "regressed: pcm at 128 kbps: si_sdr " in result.stdout
    assert "codecbench gate: regressed" in result.stdout
    assert "Traceback" not in result.stdout
    # The run's folder is pytest's: what to type measures all of the baseline again.
    assert (
        "meant? codecbench run --codecs pcm:default --bitrates 128 --dataset probe --limit 8 --metrics si_sdr,lsd "
        "--cost none --keep-audio none --out run && codecbench baseline write run --out baselines/main.json, and commit"
    ) in result.stdout


def test_what_was_not_measured_fails_too(baseline: Path, tmp_path: Path) -> None:
    document = json.loads(baseline.read_text())
    document["dataset"]["revision"] = "00" * 32
    for facts in document["dataset"]["utterances"].values():
        del facts[3:]  # as of a file that has none of its utterances' own revisions
    result = run_pytest(tmp_path, json.dumps(document))
    assert result.returncode == 1
    assert "could not measure: dataset 'probe': its revision is " in result.stdout


def test_a_codec_that_is_not_in_the_baseline(baseline: Path, tmp_path: Path) -> None:
    result = run_pytest(tmp_path, baseline.read_text(), codec="opus")
    assert result.returncode == 1
    assert "has no codec 'opus'; it has: pcm:default" in result.stdout


def test_importing_it_is_light() -> None:
    code = (
        "import sys, codecbench.pytest_plugin\n"
        "heavy = {'numpy', 'scipy', 'torch', 'codecbench.gate.comparison'} & set(sys.modules)\n"
        "print(heavy)\nsys.exit(bool(heavy))"
    )
    result = subprocess.run([sys.executable, "-c", code], cwd=REPOSITORY, capture_output=True, text=True, check=False)
    assert result.returncode == 0, result.stdout + result.stderr
