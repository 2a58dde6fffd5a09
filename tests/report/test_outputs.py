from __future__ import annotations

import json
from pathlib import Path

import pytest
from made_runs import made_results, realistic, store_results

from codecbench.analysis import Findings
from codecbench.errors import UsageError
from codecbench.report import write_outputs, write_report
from codecbench.store import open_run


def test_outputs_of_a_folder(tmp_path: Path) -> None:
    folder = store_results(realistic(), tmp_path / "run")
    summary = write_outputs(folder)
    assert json.loads((folder / "summary.json").read_text())["schema"] == 1
    assert (folder / "report.html").stat().st_size > 10_000
    assert summary.coverage.planned == len(realistic().scores)
    with pytest.raises(UsageError, match="holds no run"):
        write_outputs(tmp_path / "nothing")


def test_a_report_elsewhere_leaves_the_folder_as_it_is(tmp_path: Path) -> None:
    folder = store_results(made_results(utterances=2), tmp_path / "run")
    before = sorted(path.name for path in folder.iterdir())
    write_report(Findings(open_run(folder)), (folder,), tmp_path / "mine.html", "none")
    assert (tmp_path / "mine.html").is_file()
    assert sorted(path.name for path in folder.iterdir()) == before
