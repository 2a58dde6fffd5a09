from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from statistics import fmean

import pytest
from made_speech import write_manifest

from codecbench.errors import UsageError
from recipes.codecs import build
from recipes.training.checkpoints import Keeping
from recipes.training.data import load_speech
from recipes.training.job import (
    FACTS,
    WEIGHTS,
    TrainingJob,
    measure_start,
    read_facts,
    require_unheard,
    weights_file,
    write_facts,
)
from recipes.training.progress import Settings
from recipes.training.schedule import Leg
from recipes.training.validation import judge_speakers


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


def test_before_the_first_update_codebooks_are_placed_and_nothing_is_learned(tmp_path: Path) -> None:
    speech = load_speech(write_manifest(tmp_path), None, 6400)
    settings = Settings("plain", 1e-3, batch=1, crop_seconds=0.4)
    measure_start(settings, speech, tmp_path / "start", 1, print)
    facts = read_facts(tmp_path / "start")
    assert (facts["updates"], facts["rate"], facts["cpu_seconds"]) == (0, None, 0.0)
    assert facts["test"].keys() == {"2", "4", "6", "12"}
    speaker = next(iter(facts["unquantized"]))
    free = mean(lambda terms: terms["mel"], facts["unquantized"])
    coded = [mean(lambda terms: terms["mel"], facts["test"][count]) for count in ("2", "12")]
    assert free < coded[1] < coded[0], "the more codebooks, the nearer to what the start passes"
    one = next(each for each in speech.test if each.speaker == speaker)
    start = judge_speakers(build("plain", 0).unquantized, [one])[speaker]
    assert start == pytest.approx(facts["unquantized"][speaker], abs=1e-4)
    with pytest.raises(UsageError, match="results without weights"):
        weights_file(tmp_path / "start")


def test_what_was_trained_on_todays_test_speakers_is_not_gone_on_with(tmp_path: Path) -> None:
    speech = load_speech(write_manifest(tmp_path), None, 6400)
    require_unheard({"manifest_sha256": "of another corpus"}, speech, tmp_path)
    require_unheard({"manifest_sha256": speech.manifest_sha256, "protocol": 2}, speech, tmp_path)
    with pytest.raises(UsageError, match="trained by protocol 1 on speakers that protocol 2 tests with; train it anew"):
        require_unheard({"manifest_sha256": speech.manifest_sha256}, speech, tmp_path)


def mean(of: Callable[[dict[str, float]], float], speakers: dict[str, dict[str, float]]) -> float:
    return fmean(map(of, speakers.values()))


def test_what_is_not_there_is_one_line(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="no finished training here"):
        read_facts(tmp_path)
    with pytest.raises(UsageError, match="results without weights"):
        weights_file(tmp_path)
    (tmp_path / WEIGHTS).touch()
    assert weights_file(tmp_path) == tmp_path / WEIGHTS
