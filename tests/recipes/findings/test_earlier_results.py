"""An experiment goes on from the results of one whose folders are gone: they are not trained again, nor lost."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

import pytest
from made_speech import write_manifest
from recipe_command import run_recipe

from codecbench.errors import UsageError
from recipes.findings.curves import at_chosen_rates, read_results, write
from recipes.findings.earlier_results import recall
from recipes.findings.results import Result, dump, load
from recipes.training.data import load_speech
from recipes.training.experiment import ExperimentSetup, Piece, pieces
from recipes.training.job import weights_file

REPORT = Path(__file__).parents[3] / "reports/reference-track.json"
"""Of protocol 1."""


@pytest.fixture
def known(tmp_path: Path) -> Path:
    """The committed results as if there had been a test, and one more, before the first update."""
    old = load(REPORT)
    results = [replace(one, test=spoken(one), unquantized={"estoi": {"ann": 0.8}}, cpu_seconds=9.0) for one in old]
    start = replace(results[0], budget="start", rate=None, updates=0, audio_seconds=0.0)
    dump([*results, start], tmp_path / "known.json")
    return tmp_path / "known.json"


def spoken(result: Result) -> dict[float, dict[str, dict[str, float]]]:
    return {
        kbps: {name: {"ann": value - 0.1, "ben": value + 0.1} for name, value in scores.items()}
        for kbps, scores in result.scores.items()
    }


@pytest.fixture
def shared(tmp_path: Path) -> ExperimentSetup:
    (tmp_path / "speech").mkdir()
    return ExperimentSetup(tmp_path / "out", load_speech(write_manifest(tmp_path / "speech"), None, 12_800), print)


def test_what_was_recalled_is_written_again_as_it_was(shared: ExperimentSetup, known: Path, tmp_path: Path) -> None:
    assert recall(known, shared) == len(load(known)) > 30
    assert recall(known, shared) == 0
    (tmp_path / "reports").mkdir()
    write([shared.out], tmp_path / "reports")

    def ordered(path: Path) -> list[Result]:
        return sorted(load(path), key=lambda one: (one.codec, one.updates, one.seed, one.rate or 0.0))

    assert ordered(tmp_path / "reports/reference-track.json") == ordered(known)


def test_results_of_the_old_protocol_are_refused(shared: ExperimentSetup) -> None:
    """Their trainings heard the speakers that are tested with today."""
    with pytest.raises(
        UsageError, match=r"reference-track\.json: results of protocol 1, whose trainings heard the test"
    ):
        recall(REPORT, shared)
    assert not shared.out.exists()


def test_the_pieces_of_what_is_known_are_done(shared: ExperimentSetup, known: Path) -> None:
    recall(known, shared)
    codecs = tuple(sorted({result.codec for result in load(known)}))
    left = {
        (piece.codec, piece.budget, piece.seed)
        for piece in pieces(codecs)
        if isinstance(piece, Piece) and not piece.done(shared)
    }
    there = {
        (result.codec, result.budget, result.seed) for result in at_chosen_rates(read_results(shared.out), shared.out)
    }
    assert not left & there
    assert {seed for _, _, seed in left} <= {1, 2}, "the first seed is known"


def test_a_result_of_this_experiment_is_not_replaced(shared: ExperimentSetup, known: Path) -> None:
    recall(known, shared)
    place = next(shared.out.glob("vocodec/*/small/progress.json"))
    facts = json.loads(place.read_text())
    facts["validation"]["2"]["estoi"] = 0.123
    place.write_text(json.dumps(facts))
    recall(known, shared)
    assert json.loads(place.read_text()) == facts


def test_updates_of_another_size_are_refused(shared: ExperimentSetup, known: Path) -> None:
    with pytest.raises(UsageError, match=r"dac had 3\.2 s of audio an update, this experiment has 6\.4 s"):
        recall(known, replace(shared, batch=8))
    assert not shared.out.exists()


@pytest.mark.parametrize("text", ["{", '{"a": 1}', "[1]", '[{"codec": "dac"}]'])
def test_another_file_is_one_line(shared: ExperimentSetup, tmp_path: Path, text: str) -> None:
    (tmp_path / "known.json").write_text(text)
    with pytest.raises(UsageError, match=r"known\.json: not the results of an experiment"):
        recall(tmp_path / "known.json", shared)


def test_a_folder_is_one_line(shared: ExperimentSetup, tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="not the results of an experiment"):
        recall(tmp_path, shared)


def test_of_what_was_recalled_there_are_no_weights(shared: ExperimentSetup, known: Path) -> None:
    recall(known, shared)
    folder = next(shared.out.glob("vocodec/*/small"))
    with pytest.raises(UsageError, match="results without weights, of another machine"):
        weights_file(folder)


def test_the_command_recalls_before_it_trains(known: Path, tmp_path: Path) -> None:
    (tmp_path / "speech").mkdir()
    manifest = write_manifest(tmp_path / "speech")
    out = tmp_path / "out"
    options = ("--data", manifest, "--out", out, "--codecs", "vocodec", "--minutes", 0.0001, "--known", known)
    printed = run_recipe("experiment", *options)
    assert "50 earlier results" in printed
    assert any(out.glob("vocodec/*/small/progress.json"))
