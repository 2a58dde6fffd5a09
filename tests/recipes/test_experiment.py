"""The controlled experiment: its order, its locks, and that it goes on where it stopped."""

from __future__ import annotations

from pathlib import Path

import pytest
from filelock import FileLock
from made_speech import write_manifest

from recipes import experiment
from recipes.data import load_speech
from recipes.experiment import Bench, Search, Step, pieces, work
from recipes.schedule import BUDGETS, RATES, SEARCHED, branch
from recipes.training import read_facts


@pytest.fixture
def bench(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Bench:
    for name, updates in (("quarter", 5), ("half", 10), ("small", 20)):
        monkeypatch.setitem(BUDGETS, name, updates)
    monkeypatch.setattr(experiment, "MARKS", tuple(branch(BUDGETS[name]) for name in experiment.STEPS))
    monkeypatch.setattr(experiment, "SEARCHED", 2)
    monkeypatch.setattr(experiment, "RATES", (1e-4, 1e-3))
    monkeypatch.setattr(experiment, "REPEATED", {"vocodec": 1})
    monkeypatch.setattr(experiment, "SEEDS", 1)
    (tmp_path / "speech").mkdir()
    said: list[str] = []
    speech = load_speech(write_manifest(tmp_path / "speech"), None, 6400)
    return Bench(tmp_path / "out", speech, said.append, batch=1, crop_seconds=0.4)


def test_what_compares_all_codecs_comes_first() -> None:
    found = pieces(("dac", "vocodec"))
    assert found[:6] == [Search(codec, rate) for codec in ("dac", "vocodec") for rate in RATES]
    steps = found[6:]
    assert steps[:6] == [Step(codec, b, 0) for b in ("quarter", "half", "small") for codec in ("dac", "vocodec")]
    assert [step.codec for step in steps if step.seed == 2] == ["vocodec"] * 3
    assert branch(BUDGETS["quarter"]) >= SEARCHED


def test_budgets_branch_off_one_trunk_and_finished_pieces_are_not_repeated(bench: Bench) -> None:
    assert work(bench, ("vocodec",))
    rate = bench.chosen_rate("vocodec")
    place = bench.folder("vocodec", rate, 0)
    facts = {budget: read_facts(place / budget) for budget in ("quarter", "half", "small")}
    assert [facts[name]["updates"] for name in facts] == [5, 10, 20]
    assert all(one["audio_seconds"] == pytest.approx(0.4 * one["updates"]) for one in facts.values())
    lines = len(bench.log.__self__)
    assert work(bench, ("vocodec",))
    assert len(bench.log.__self__) == lines


def test_what_another_process_does_is_left_to_it_and_the_time_limit_holds(
    bench: Bench, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(experiment, "WAIT_S", 0.05)
    piece = Search("vocodec", 1e-4)
    piece.place(bench).mkdir(parents=True)
    limited = Bench(bench.out, bench.speech, bench.log, minutes=0.002, batch=1, crop_seconds=0.4)
    with FileLock(piece.place(bench) / ".lock"):
        assert not work(limited, ("vocodec",))
    assert not piece.done(bench)
