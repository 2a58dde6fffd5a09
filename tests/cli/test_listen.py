"""`codecbench listen` as it is typed: a test of a run, simulated listeners, and their answers in the run's table."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from made_listeners import by_bitrate, write_choices, write_ratings
from made_runs import MadeCodec, made_results, store_results, write_audio
from running import codecbench, in_process

from codecbench.listen.design import ListeningTest
from codecbench.results import open_run

RESULTS = made_results([MadeCodec("opus", (6, 12))], metrics=["stoi"], meta={"request": {}})


@pytest.fixture
def run(tmp_path: Path) -> Path:
    folder = store_results(RESULTS, tmp_path / "run")
    write_audio(RESULTS, folder)
    return folder


def make(run: Path, out: Path, *arguments: object) -> ListeningTest:
    done = in_process("listen", run, "--out", out, *arguments)
    assert done.returncode == 0, done.stderr
    assert "trials of" in done.stdout
    return ListeningTest.read(out / "key.json")


def test_ratings_become_a_metric_of_the_run(run: Path, tmp_path: Path) -> None:
    design = make(run, tmp_path / "test")
    listeners = {f"l{index}": by_bitrate(index) for index in range(6)} | {"careless": by_bitrate(9, hidden=50.0)}
    answers = write_ratings(design, tmp_path / "mushra.csv", listeners)
    done = codecbench("listen", run, "--key", tmp_path / "test/key.json", "--results", answers)
    assert done.returncode == 0, done.stderr
    assert "left out: listener uuid-careless rates the hidden reference below 90 in 3 of 3 trials" in done.stdout
    assert "6 listeners, 3 trials; BS.1534-3 asks for 20" in done.stdout
    table = in_process("table", run, "--columns", "stoi,mushra").stdout
    assert "MUSHRA" in table
    rows = {row.point: row.scores["mushra"] for row in open_run(run).summary().rows}
    assert rows["12"].mean == pytest.approx(88, abs=3)
    assert rows["6"].mean == pytest.approx(64, abs=3)
    frame = [row for row in open_run(run).findings().results.scores if row.metric == "mushra"]
    assert len(frame) == 2 * 3
    assert all(row.denominator == 6 and "uuid-careless" not in row.detail["listeners"] for row in frame)


def test_further_answers_take_the_place_of_the_first(run: Path, tmp_path: Path) -> None:
    design = make(run, tmp_path / "test")
    key = tmp_path / "test/key.json"
    for seeds in (range(2), range(5)):
        answers = write_ratings(design, tmp_path / "a.csv", {f"l{seed}": by_bitrate(seed) for seed in seeds})
        assert in_process("listen", run, "--key", key, "--results", answers).returncode == 0
    results = open_run(run).findings().results
    assert {row.denominator for row in results.scores if row.metric == "mushra"} == {5.0}
    assert results.metrics["mushra"].parameters == {"test": design.id, "listeners": 5, "screened": 0}


def test_choices_become_a_share(run: Path, tmp_path: Path) -> None:
    design = make(run, tmp_path / "abx", "--test", "abx")
    answers = write_choices(design, tmp_path / "p.csv", {"a": lambda one: one.name == "opus 6", "b": lambda _: True})
    done = in_process("listen", run, "--key", tmp_path / "abx/key.json", "--results", answers)
    assert done.returncode == 0, done.stderr
    assert "p of guessing" in done.stdout
    rows = {row.point: row.scores["abx_correct"].mean for row in open_run(run).summary().rows}
    assert rows == {"6": 1.0, "12": 0.5}


def test_the_report_names_the_listeners(run: Path, tmp_path: Path) -> None:
    design = make(run, tmp_path / "test")
    answers = write_ratings(design, tmp_path / "a.csv", {f"l{seed}": by_bitrate(seed) for seed in range(3)})
    assert in_process("listen", run, "--key", tmp_path / "test/key.json", "--results", answers).returncode == 0
    assert in_process("report", run).returncode == 0
    assert "Mean rating of 3 listeners" in (run / "report.html").read_text()
    assert "mushra" in json.loads((run / "summary.json").read_text())["metrics"]


def test_nobody_left_is_said_and_nothing_stored(run: Path, tmp_path: Path) -> None:
    design = make(run, tmp_path / "test")
    answers = write_ratings(design, tmp_path / "a.csv", {"careless": by_bitrate(1, hidden=10.0)})
    done = in_process("listen", run, "--key", tmp_path / "test/key.json", "--results", answers)
    assert done.returncode == 2
    assert "post-screening leaves no listener; nothing was stored" in done.stderr
    assert "mushra" not in open_run(run).summary().metrics


def test_answers_belong_to_one_run(run: Path, tmp_path: Path) -> None:
    design = make(run, tmp_path / "test")
    other = made_results([MadeCodec("opus", (6, 12))], metrics=["stoi"], meta={"run_id": "another"})
    answers = write_ratings(design, tmp_path / "a.csv", {"a": by_bitrate(1)})
    elsewhere = store_results(other, tmp_path / "other")
    done = in_process("listen", elsewhere, "--key", tmp_path / "test/key.json", "--results", answers)
    assert done.returncode == 2
    assert "holds run another, the listening test is of made" in done.stderr


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ([], "give --out FOLDER to make a listening test, or --results FILE.csv"),
        (["--results", "a.csv"], "--results: give --key"),
        (["--results", "a.csv", "--key", "nowhere.json"], "--key 'nowhere.json' cannot be read"),
        (["--results", "a.csv", "--key", "{run}/results.sqlite"], "is no key of a listening test"),
        (["--results", "a.csv", "--key", "k", "--mnru", "15"], "--mnru: only with --out"),
        (["--out", "t", "--key", "k"], "--key: only with --results"),
        (["--out", "t", "--test", "abx", "--mnru", "15"], "--mnru: only with --test mushra"),
        (["--out", "t", "--anchors", "low"], "--anchors 'low': expected numbers separated by commas"),
        (["--out", "t", "--bitrates", "99"], "nothing is left"),
    ],
)
def test_mistakes_are_one_line(run: Path, arguments: list[str], message: str) -> None:
    done = in_process("listen", run, *(text.format(run=run) for text in arguments))
    assert done.returncode == 2
    assert message in done.stderr
    assert "Traceback" not in done.stderr
