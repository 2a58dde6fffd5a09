from __future__ import annotations

from pathlib import Path

import pytest

from codecbench.errors import UsageError
from recipes.training.checkpoints import Keeping
from recipes.training.job import FACTS, WEIGHTS, TrainingJob, read_facts, weights_file, write_facts
from recipes.training.progress import Settings
from recipes.training.schedule import Leg


def test_facts_come_back_and_no_part_of_a_file_is_left(tmp_path: Path) -> None:
    folder = tmp_path / "deep" / "run"
    write_facts(folder, {"codec": "dac", "rate": 0.001})
    assert read_facts(folder) == {"codec": "dac", "rate": 0.001}
    assert [path.name for path in folder.iterdir()] == [FACTS]


def test_a_job_is_done_by_its_facts_and_not_by_its_folder(tmp_path: Path) -> None:
    job = TrainingJob(Settings("dac", 1e-3), Leg(10), Keeping(tmp_path))
    assert not job.done
    write_facts(tmp_path, {})
    assert job.done


def test_what_is_not_there_is_one_line(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="no finished training here"):
        read_facts(tmp_path)
    with pytest.raises(UsageError, match="results without weights"):
        weights_file(tmp_path)
    (tmp_path / WEIGHTS).touch()
    assert weights_file(tmp_path) == tmp_path / WEIGHTS
