"""Runs of an older codecbench read by today's code: see README.md beside this file."""

from __future__ import annotations

import json
import lzma
import sqlite3
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner

from codecbench.cli import cli

HERE = Path(__file__).parent
RUNS = ("probe", "pairs")
BITRATE_COLUMNS = "measured_kbps,pesq_wb,estoi,wer,ci_wer,si_sdr,rtf_decode,latency_ms,macs_per_s"
TABLES = {
    "table": ("--published",),
    "table-hallucination": ("--preset", "hallucination"),
    "table-bitrate": ("--group-by", "bitrate", "--columns", BITRATE_COLUMNS),
}
Verb = Callable[..., str]


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with both runs, and the baselines that were written of them in `expect/RUN/baseline.json`."""
    root = tmp_path_factory.mktemp("golden")
    for run in RUNS:
        (root / run).mkdir()
        database = sqlite3.connect(root / run / "results.sqlite")
        database.executescript(lzma.decompress((HERE / run / "results.sql.xz").read_bytes()).decode())
        database.close()
        (root / "expect" / run).mkdir(parents=True)
        (root / "expect" / run / "baseline.json").write_bytes((HERE / run / "baseline.json").read_bytes())
    return root


@pytest.fixture
def verb(folder: Path, monkeypatch: pytest.MonkeyPatch) -> Verb:
    """Calls a verb of the command line in that folder; returns what it prints."""
    monkeypatch.chdir(folder)

    def call(*arguments: str) -> str:
        monkeypatch.setattr("sys.argv", ["codecbench", *arguments])
        result = CliRunner().invoke(cli, arguments)
        assert not isinstance(result.exception, Exception), result.exception
        return result.stdout

    return call


def expected(run: str, name: str) -> str:
    return (HERE / run / name).read_text(encoding="utf-8")


def figures(text: str) -> Any:
    """JSON with its floats at 12 digits: in the last of 16, sums of one store differ between processors."""
    return json.loads(text, parse_float=lambda digits: float(f"{float(digits):.12g}"))


@pytest.mark.parametrize("run", RUNS)
def test_the_summary_is_the_same(run: str, verb: Verb) -> None:
    verb("report", run, "--audio", "none")
    assert figures(Path(run, "summary.json").read_text()) == figures(expected(run, "summary.json"))


@pytest.mark.parametrize("run", RUNS)
@pytest.mark.parametrize("kind", ["text", "markdown", "csv", "latex"])
@pytest.mark.parametrize("name", TABLES)
def test_tables_are_the_same(run: str, kind: str, name: str, verb: Verb) -> None:
    assert verb("table", run, "--format", kind, *TABLES[name]) == expected(run, f"{name}.{kind}")


@pytest.mark.parametrize("run", RUNS)
def test_the_baseline_is_the_same(run: str, verb: Verb) -> None:
    """But for what tells its recordings apart, which older baselines do not have."""
    verb("baseline", "write", run, "--out", f"{run}-baseline.json")
    written, older = (
        json.loads(text) for text in (Path(f"{run}-baseline.json").read_text(), expected(run, "baseline.json"))
    )
    utterances = written["dataset"]["utterances"]
    assert all(len(digest) == 12 and int(digest, 16) >= 0 for *_, digest in utterances.values())
    assert written | {"dataset": 0} == older | {"dataset": 0}
    assert {name: entry[:2] for name, entry in utterances.items()} == older["dataset"]["utterances"]


@pytest.mark.parametrize("run", RUNS)
def test_the_gate_says_the_same(run: str, verb: Verb) -> None:
    printed = verb("gate", run, "--baseline", f"expect/{run}/baseline.json", "--json", f"{run}-gate.json")
    assert expected(run, "gate.txt").startswith(printed)  # there an exit status may follow
    assert figures(Path(f"{run}-gate.json").read_text()) == figures(expected(run, "gate.json"))


@pytest.mark.parametrize("run", RUNS)
def test_a_run_compared_with_itself_is_the_same(run: str, verb: Verb) -> None:
    assert verb("compare", run, run) == expected(run, "compare.txt")
