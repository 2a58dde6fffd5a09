"""What a run leaves when it ends, of few scores and of many."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from made_runs import MadeCodec, made_results, store_results

from codecbench.cli import execution
from codecbench.errors import UsageError


@pytest.fixture
def run(tmp_path: Path) -> Path:
    return store_results(
        made_results([MadeCodec("opus", (6, 12))], utterances=4, meta={"request": {}}), tmp_path / "run"
    )


def test_many_scores_are_reported_by_another_process_to_the_same_figures(
    run: Path, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> None:
    told, figures = [], []
    for most in (execution.MANY_SCORES, 0):
        monkeypatch.setattr(execution, "MANY_SCORES", most)
        (run / "report.html").unlink(missing_ok=True)
        execution.write_results(run)
        told.append(capfd.readouterr().out)
        figures.append(json.loads((run / "summary.json").read_text()))
        assert "</html>" in (run / "report.html").read_text()
    assert figures[0] == figures[1]
    assert told[0] == told[1]


def test_a_report_that_another_process_could_not_write_is_one_line(run: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(execution, "MANY_SCORES", 0)
    (run / "summary.json.partial").mkdir()
    with pytest.raises(UsageError, match=r"report of .* was not written .* stored: codecbench report "):
        execution.write_results(run)
