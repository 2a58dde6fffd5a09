"""An experiment goes on from the results of one whose folders are gone: they are not trained again, nor lost."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from made_speech import write_manifest
from recipe_command import run_recipe

from recipes.curves import at_chosen_rates, read_results, write
from recipes.data import load_speech
from recipes.experiment import Bench, pieces
from recipes.known import recall
from recipes.training import weights_file

REPORT = Path(__file__).parents[2] / "reports/reference-track.json"


@pytest.fixture
def bench(tmp_path: Path) -> Bench:
    (tmp_path / "speech").mkdir()
    return Bench(tmp_path / "out", load_speech(write_manifest(tmp_path / "speech"), None, 12_800), print)


def rewritten(bench: Bench, tmp_path: Path) -> Any:
    (tmp_path / "reports").mkdir()
    write(bench.out, tmp_path / "reports")
    return json.loads((tmp_path / "reports/reference-track.json").read_text())


def test_what_was_recalled_is_written_again_as_it_was(bench: Bench, tmp_path: Path) -> None:
    known = json.loads(REPORT.read_text())
    assert recall(REPORT, bench) == len(known) > 30
    assert recall(REPORT, bench) == 0
    assert rewritten(bench, tmp_path) == known


def test_the_pieces_of_what_is_known_are_done(bench: Bench) -> None:
    known = json.loads(REPORT.read_text())
    recall(REPORT, bench)
    codecs = tuple(sorted({result["codec"] for result in known}))
    left = {(piece.codec, piece.budget, piece.seed) for piece in pieces(codecs) if not piece.done(bench)}
    there = {
        (result.codec, result.budget, result.seed) for result in at_chosen_rates(read_results(bench.out), bench.out)
    }
    assert not left & there
    assert {seed for _, _, seed in left} <= {1, 2}, "the first seed is known"


def test_a_result_of_this_experiment_is_not_replaced(bench: Bench, tmp_path: Path) -> None:
    recall(REPORT, bench)
    place = next(bench.out.glob("vocodec/*/small/progress.json"))
    facts = json.loads(place.read_text())
    facts["validation"]["2"]["estoi"] = 0.123
    place.write_text(json.dumps(facts))
    recall(REPORT, bench)
    assert json.loads(place.read_text()) == facts


def test_updates_of_another_size_are_refused(bench: Bench) -> None:
    with pytest.raises(SystemExit, match=r"dac had 3\.2 s of audio an update, this experiment has 6\.4 s"):
        recall(REPORT, replace(bench, batch=8))
    assert not bench.out.exists()


@pytest.mark.parametrize("text", ["{", '{"a": 1}', "[1]", '[{"codec": "dac"}]'])
def test_another_file_is_one_line(bench: Bench, tmp_path: Path, text: str) -> None:
    (tmp_path / "known.json").write_text(text)
    with pytest.raises(SystemExit, match=r"known\.json: not the results of an experiment"):
        recall(tmp_path / "known.json", bench)


def test_a_folder_is_one_line(bench: Bench, tmp_path: Path) -> None:
    with pytest.raises(SystemExit, match="not the results of an experiment"):
        recall(tmp_path, bench)


def test_of_what_was_recalled_there_are_no_weights(bench: Bench) -> None:
    recall(REPORT, bench)
    folder = next(bench.out.glob("vocodec/*/small"))
    with pytest.raises(SystemExit, match="results without weights, of another machine"):
        weights_file(folder)


def test_the_command_recalls_before_it_trains(tmp_path: Path) -> None:
    (tmp_path / "speech").mkdir()
    manifest = write_manifest(tmp_path / "speech")
    out = tmp_path / "out"
    options = ("--data", manifest, "--out", out, "--codecs", "vocodec", "--minutes", 0.0001, "--known", REPORT)
    printed = run_recipe("experiment", *options)
    assert "results of before" in printed
    assert any(out.glob("vocodec/*/small/progress.json"))
