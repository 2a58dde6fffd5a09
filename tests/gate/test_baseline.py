"""Baselines: written and read back equal, small and diffable, and every schema ever written is read for ever."""

from __future__ import annotations

from pathlib import Path

import pytest
from made_runs import MadeCodec, made_results, store_results

from codecbench.errors import UsageError
from codecbench.gate.document import write_document
from codecbench.gate.from_run import read_run
from codecbench.gate.loading import load_baseline


def test_a_run_and_its_file_are_equal(tmp_path: Path) -> None:
    codecs = [MadeCodec("opus", (6, 12)), MadeCodec("dac", (0.5, 10), codebooks=True, card={"parameters": 74_175_906})]
    run = read_run(store_results(made_results(codecs), tmp_path / "run"))
    write_document(run, tmp_path / "deep" / "b.json")
    read = load_baseline(tmp_path / "deep" / "b.json")
    by_place = lambda baseline: sorted(baseline.rows, key=lambda row: row.place)  # noqa: E731
    assert by_place(read) == by_place(run)
    assert read.utterances == run.utterances
    assert read.metrics == run.metrics
    assert (read.recognizer, read.machine, read.revision) == (run.recognizer, run.machine, run.revision)
    assert [row.place.point for row in read.rows] == ["0.5", "10", "6", "12"]


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("", "cannot be read"),
        ("[]", "has schema None, this codecbench reads 1; update codecbench"),
        ('{"schema": 7}', "has schema 7, this codecbench reads 1"),
        ('{"schema": 1, "rows": []}', "is damaged (no 'dataset')"),
        ('{"schema": 1, "dataset": {"id": "a", "revision": "b"}, "rows": [{"codec": "x"}]}', "is damaged (no "),
        (
            '{"schema": 1, "dataset": {"id": "a", "revision": "b"}, "rows": [{"codec": "x", "checkpoint": "y", '
            '"point": "1", "metrics": {"m": {"version": "1", "scores": {"u": "high"}}}}]}',
            "a score must be a number or [numerator, denominator], got 'high'",
        ),
    ],
)  # fmt: skip
def test_what_is_no_baseline_is_refused(tmp_path: Path, text: str, message: str) -> None:
    path = tmp_path / "b.json"
    path.write_text(text)
    with pytest.raises(UsageError) as error:
        load_baseline(path)
    assert message in str(error.value)
    assert "\n" not in str(error.value)


def test_neither_run_nor_file(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="neither a run's folder nor a baseline; write one: codecbench baseline write"):
        load_baseline(tmp_path / "nowhere.json")
    with pytest.raises(UsageError, match="holds no run"):
        load_baseline(tmp_path)
