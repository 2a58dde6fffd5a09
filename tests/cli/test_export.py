"""`codecbench export` as it is typed."""

from __future__ import annotations

from pathlib import Path

import pytest
from made_runs import MadeCodec, made_results, store_results
from running import codecbench, in_process


@pytest.fixture(scope="module")
def run(tmp_path_factory: pytest.TempPathFactory) -> Path:
    results = made_results([MadeCodec("opus", (6, 12)), MadeCodec("codec2", (3.2,))], meta={"request": {}})
    return store_results(results, tmp_path_factory.mktemp("export") / "run")


def test_a_table_of_a_part_of_the_run(run: Path, tmp_path: Path) -> None:
    out = tmp_path / "scores.csv"
    done = codecbench("export", run, "--format", "csv", "--codecs", "opus", "--bitrates", "6", "--out", out)
    assert done.returncode == 0, done.stderr
    lines = out.read_text().splitlines()
    assert done.stdout == f"{out}: {len(lines) - 1} rows, {lines[0].count(',') + 1} columns\n"
    assert len(lines) == 1 + 24 * 8
    assert "codec2" not in out.read_text()


def test_what_is_there_stays_unless_forced(run: Path, tmp_path: Path) -> None:
    pytest.importorskip("pyarrow")
    out = tmp_path / "a.parquet"
    out.write_text("mine")
    refused = in_process("export", run, "--out", out)
    assert (refused.returncode, out.read_text()) == (2, "mine")
    assert "is there already; give another name, or --force to replace it" in refused.stderr
    assert in_process("export", run, "--out", out, "--force").returncode == 0
    assert out.read_bytes().startswith(b"PAR1")


def test_files_for_the_hub(run: Path, tmp_path: Path) -> None:
    arguments = ("export", run, "--format", "hf", "--dataset-id", "who/bench", "--out", tmp_path / "hub")
    assert in_process(*arguments).returncode == 0
    assert (tmp_path / "hub/models/opus/default/.eval_results/codecbench_6.yaml").is_file()
    again = in_process(*arguments)
    assert again.returncode == 2
    assert "is there already" in again.stderr
    assert in_process(*arguments, "--force").returncode == 0


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["nowhere", "--out", "a.csv"], "'nowhere' holds no run"),
        (["{run}"], "Missing option '--out'"),
        (["{run}", "--format", "csv", "--out", "/nowhere/at/all.csv"], "there is no folder '/nowhere/at'"),
        (["{run}", "--format", "csv", "--out", "{run}"], "is a folder; give a file in it"),
        (["{run}", "--format", "hf", "--out", "hub"], "--format hf: give --dataset-id OWNER/NAME"),
        (["{run}", "--format", "hf", "--dataset-id", "bench", "--out", "a"], "--dataset-id 'bench': expected"),
        (["{run}", "--source", "x", "--out", "a.csv"], "--source: only with --format hf"),
        (["{run}", "--codecs", "opsu", "--out", "a.csv"], "the run has no codec 'opsu'"),
    ],
)  # fmt: skip
def test_mistakes_are_one_line(run: Path, arguments: list[str], message: str) -> None:
    done = in_process("export", *(text.format(run=run) for text in arguments))
    assert done.returncode == 2
    assert message in done.stderr
    assert "Traceback" not in done.stderr
