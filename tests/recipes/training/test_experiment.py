"""The controlled experiment: its order, its locks, and that it goes on where it stopped."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from filelock import FileLock
from made_speech import write_manifest

from codecbench.errors import UsageError
from recipes.training import experiment, rates
from recipes.training.data import load_speech
from recipes.training.experiment import ExperimentSetup, Piece, StartPiece, pieces, work
from recipes.training.job import read_facts, write_facts
from recipes.training.rates import DIVERGED, chosen_rate, rate_folder
from recipes.training.schedule import BUDGETS, RATES, branch
from recipes.training.trainer import Diverged, Training


def try_rates(monkeypatch: pytest.MonkeyPatch, *tried: float) -> None:
    for module in (experiment, rates):
        monkeypatch.setattr(module, "RATES", tried)


@pytest.fixture
def shared(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> ExperimentSetup:
    for name, updates in (("quarter", 5), ("half", 10), ("small", 20)):
        monkeypatch.setitem(BUDGETS, name, updates)
    monkeypatch.setattr(experiment, "MARKS", tuple(branch(BUDGETS[name]) for name in experiment.STEPS))
    try_rates(monkeypatch, 1e-3, 1e-4)
    monkeypatch.setattr(experiment, "REPEATED", {"vocodec": 1})
    monkeypatch.setattr(experiment, "SEEDS", 1)
    (tmp_path / "speech").mkdir()
    said: list[str] = []
    speech = load_speech(write_manifest(tmp_path / "speech"), None, 6400)
    return ExperimentSetup(tmp_path / "out", speech, said.append, batch=1, crop_seconds=0.4)


def test_what_compares_all_codecs_comes_first() -> None:
    start, found = pieces(("dac", "vocodec"))[:2], pieces(("dac", "vocodec"))[2:]
    assert start == [StartPiece("dac", 0), StartPiece("vocodec", 0)]
    assert found[:6] == [Piece(codec, "quarter", 0, rate) for rate in RATES for codec in ("dac", "vocodec")]
    assert found[6:12] == [Piece(codec, "half", 0, rate) for rate in RATES for codec in ("dac", "vocodec")]
    assert found[12:18] == [Piece(codec, b, 0) for b in ("quarter", "half", "small") for codec in ("dac", "vocodec")]


def test_a_further_seed_has_the_whole_budget_first() -> None:
    repeated = [piece for piece in pieces(("dac", "vocodec")) if piece.seed]
    seeds = [("dac", 1), ("vocodec", 1), ("vocodec", 2)]
    assert repeated[:-3] == [Piece(codec, b, seed) for b in ("small", "half", "quarter") for codec, seed in seeds]
    assert repeated[-3:] == [StartPiece(codec, seed) for codec, seed in seeds]


def test_a_larger_budget_is_for_all_codecs_and_one_seed() -> None:
    planned = pieces(("dac", "vocodec"), "medium")
    larger = [piece for piece in planned if isinstance(piece, Piece) and piece.budget == "medium"]
    assert larger == [Piece(codec, "medium", 0) for codec in ("dac", "vocodec")]
    assert set(pieces(("dac", "vocodec"), "medium")) - set(larger) == set(pieces(("dac", "vocodec")))


def test_a_smaller_budget_ends_earlier() -> None:
    assert {piece.budget for piece in pieces(("dac",), "half") if isinstance(piece, Piece)} == {"quarter", "half"}


def ended(shared: ExperimentSetup, rate: float, estoi: float | None, budget: str = "quarter") -> None:
    """As if a budget had been done at `rate`, or had diverged."""
    place = rate_folder(shared.out, "vocodec", rate, 0)
    (place / budget).mkdir(parents=True)
    if estoi is None:
        (place / DIVERGED).write_text("the loss is nan\n")
    else:
        facts = {"validation": {"2": {"estoi": estoi}, "4": {"estoi": estoi + 0.1}}}
        (place / budget / "progress.json").write_text(json.dumps(facts))


def test_the_rate_is_chosen_once_the_next_lower_one_cannot_be_better(
    shared: ExperimentSetup, monkeypatch: pytest.MonkeyPatch
) -> None:
    try_rates(monkeypatch, 1e-3, 3e-4, 1e-4)
    ended(shared, 1e-4, 0.5)
    assert shared.chosen_rate("vocodec") is None
    ended(shared, 1e-3, 0.4)
    assert shared.chosen_rate("vocodec") is None
    assert Piece("vocodec", "half", 0).place(shared) is None
    assert not Piece("vocodec", "quarter", 0, 3e-4).done(shared)
    ended(shared, 3e-4, 0.45)
    assert shared.chosen_rate("vocodec") == 1e-4


def test_below_a_rate_that_was_worse_none_is_tried(shared: ExperimentSetup, monkeypatch: pytest.MonkeyPatch) -> None:
    try_rates(monkeypatch, 1e-3, 3e-4, 1e-4)
    ended(shared, 1e-3, 0.4)
    ended(shared, 3e-4, 0.3)
    assert shared.chosen_rate("vocodec") == 1e-3
    assert Piece("vocodec", "quarter", 0, 1e-4).done(shared)


def test_a_higher_rate_that_was_close_gets_the_next_budget_too(
    shared: ExperimentSetup, monkeypatch: pytest.MonkeyPatch
) -> None:
    try_rates(monkeypatch, 1e-2, 1e-3, 3e-4, 1e-4)
    ended(shared, 1e-2, 0.40)
    ended(shared, 1e-3, 0.49)
    assert Piece("vocodec", "half", 0, 1e-3).place(shared) is None
    ended(shared, 3e-4, 0.50)
    ended(shared, 1e-4, 0.48)
    tried = [Piece("vocodec", "half", 0, rate) for rate in (1e-2, 1e-3, 3e-4, 1e-4)]
    assert [piece.done(shared) for piece in tried] == [True, False, False, True]
    assert tried[1].place(shared) == rate_folder(shared.out, "vocodec", 1e-3, 0)
    ended(shared, 3e-4, 0.55, "half")
    assert shared.chosen_rate("vocodec") is None
    assert Piece("vocodec", "small", 0).place(shared) is None
    ended(shared, 1e-3, 0.56, "half")
    assert shared.chosen_rate("vocodec") == 1e-3
    assert Piece("vocodec", "half", 0).done(shared)


def test_a_rate_that_diverged_is_never_chosen(shared: ExperimentSetup) -> None:
    ended(shared, 1e-3, None)
    assert shared.chosen_rate("vocodec") is None
    ended(shared, 1e-4, 0.4)
    assert shared.chosen_rate("vocodec") == 1e-4
    assert Piece("vocodec", "quarter", 0, 1e-3).done(shared)


def test_all_rates_diverged(shared: ExperimentSetup) -> None:
    for rate in (1e-3, 1e-4):
        ended(shared, rate, None)
    with pytest.raises(UsageError, match=r"vocodec: training diverged at every rate \(0\.001, 0\.0001\)"):
        chosen_rate(shared.out, "vocodec")


def test_a_loss_that_is_not_finite_ends_a_rate_and_not_the_experiment(
    shared: ExperimentSetup, monkeypatch: pytest.MonkeyPatch
) -> None:
    update = Training.update

    def broken(self: Training, *args: object) -> object:
        if self.settings.rate == 1e-3:
            raise Diverged("vocodec: the loss is nan at update 3")
        return update(self, *args)  # type: ignore[arg-type]

    monkeypatch.setattr(Training, "update", broken)
    assert work(shared, ("vocodec",))
    assert shared.chosen_rate("vocodec") == 1e-4
    assert "the loss is nan" in (rate_folder(shared.out, "vocodec", 1e-3, 0) / DIVERGED).read_text()


def test_budgets_branch_off_one_trunk_and_finished_pieces_are_not_repeated(shared: ExperimentSetup) -> None:
    assert work(shared, ("vocodec",))
    rate = shared.chosen_rate("vocodec")
    assert rate is not None
    place = rate_folder(shared.out, "vocodec", rate, 0)
    facts = {budget: read_facts(place / budget) for budget in ("quarter", "half", "small")}
    assert [facts[name]["updates"] for name in facts] == [5, 10, 20]
    assert all(one["audio_seconds"] == pytest.approx(0.4 * one["updates"]) for one in facts.values())
    assert facts["quarter"]["cpu_seconds"] < facts["half"]["cpu_seconds"] < facts["small"]["cpu_seconds"]
    start = read_facts(shared.out / "vocodec" / "start-seed-0" / "start")
    assert (start["updates"], start["rate"], start["cpu_seconds"]) == (0, None, 0.0)
    assert start["test"].keys() == facts["small"]["test"].keys()
    lines = len(shared.log.__self__)
    assert work(shared, ("vocodec",))
    assert len(shared.log.__self__) == lines


def test_a_folder_of_another_protocol_is_one_line(shared: ExperimentSetup) -> None:
    write_facts(rate_folder(shared.out, "vocodec", 1e-3, 0) / "quarter", {"codec": "vocodec"})
    with pytest.raises(UsageError, match=r"quarter: trained by protocol 1, which cannot be compared with protocol 2"):
        work(shared, ("vocodec",))


def test_the_test_does_not_choose_the_rate(shared: ExperimentSetup) -> None:
    """However well a rate does on the test speakers."""
    for rate, estoi in ((1e-3, 0.5), (1e-4, 0.4)):
        ended(shared, rate, estoi)
        place = rate_folder(shared.out, "vocodec", rate, 0) / "quarter"
        facts = read_facts(place)
        write_facts(place, facts | {"test": {"2": {"ann": {"estoi": 1 - estoi}}}})
    assert shared.chosen_rate("vocodec") == 1e-3


def test_what_another_process_does_is_left_to_it_and_the_time_limit_holds(
    shared: ExperimentSetup, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(experiment, "WAIT_S", 0.05)
    piece = Piece("vocodec", "quarter", 0, 1e-3)
    place = rate_folder(shared.out, "vocodec", 1e-3, 0)
    place.mkdir(parents=True)
    limited = ExperimentSetup(shared.out, shared.speech, shared.log, minutes=0.002, batch=1, crop_seconds=0.4)
    with FileLock(place / ".lock"):
        assert not work(limited, ("vocodec",))
    assert not piece.done(shared)
