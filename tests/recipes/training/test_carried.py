"""An unfinished training goes on in another folder from what a repository can hold of it."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

import pytest
import torch
from codecbench_layers.training import CountedTraining
from made_speech import write_manifest
from recipe_command import run_recipe

from codecbench.errors import UsageError
from recipes.codecs import build, codecs
from recipes.training.carried import PLACE, WEIGHTS, carry, go_on
from recipes.training.checkpoints import Keeping
from recipes.training.data import Speech, load_speech
from recipes.training.job import read_facts
from recipes.training.progress import Settings
from recipes.training.schedule import WARM_UP, Leg
from recipes.training.trainer import Training

SETTINGS = Settings("vocodec", 1e-3, batch=2, crop_seconds=0.4)


@pytest.fixture(scope="module")
def speech(tmp_path_factory: pytest.TempPathFactory) -> Speech:
    return load_speech(write_manifest(tmp_path_factory.mktemp("speech")), None, SETTINGS.crop)


def training_of(settings: Settings, speech: Speech) -> Training:
    """Its codebooks placed early."""
    training = Training(build(settings.codec, settings.seed), speech, settings)
    for module in training.trainee.modules():
        if isinstance(module, CountedTraining):
            module.warm_up = min(module.warm_up, 2)
    return training


@pytest.mark.parametrize("codec", sorted(codecs()))
def test_it_is_where_the_other_was(codec: str, speech: Speech, tmp_path: Path) -> None:
    settings = replace(SETTINGS, codec=codec, rate=1e-4)
    first, second = training_of(settings, speech), training_of(settings, speech)
    first.run(Leg(4), Keeping(tmp_path / "run"), print)
    carry(tmp_path / "run", tmp_path / "carried")
    go_on(second, tmp_path / "carried")
    assert second.progress.restarts == [4]
    assert replace(second.progress, restarts=[]) == first.progress
    for name, value in second.average.values.items():
        assert torch.allclose(value, first.average.values[name], rtol=1e-3, atol=1e-4), name
    assert second.run(Leg(6), Keeping(tmp_path / "on"), print)
    assert second.progress.updates == 6
    assert second.progress.audio_seconds == pytest.approx(6 * 0.8)


def test_the_optimizer_warms_up_again() -> None:
    leg = Leg.whole(1000)
    assert leg.rate(500, 1.0, begun=500) == pytest.approx(1 / WARM_UP)
    assert leg.rate(500 + WARM_UP, 1.0, begun=500) == 1.0
    assert leg.rate(900, 1.0, begun=500) == leg.rate(900, 1.0)


def test_by_its_commands_to_the_end(tmp_path: Path) -> None:
    data, settings = write_manifest(tmp_path), replace(SETTINGS, codec="plain", batch=1)
    first = Training(build("plain", 0), load_speech(data, None, settings.crop), settings)
    first.run(Leg(104), Keeping(tmp_path / "first"), print)
    run_recipe("keep", "--from", tmp_path / "first", "--to", tmp_path / "kept")
    assert sorted(path.name for path in (tmp_path / "kept").iterdir()) == [PLACE, WEIGHTS]
    said = run_recipe(
        "train", "plain", "--data", data, "--updates", "108", "--batch", "1", "--crop-seconds", "0.4", "--rate", "1e-3",
        "--out", tmp_path / "second", "--start", tmp_path / "kept",
    )  # fmt: skip
    assert "after 104 updates" in said
    facts = read_facts(tmp_path / "second")
    assert (facts["updates"], facts["restarts"], facts["started_with"]) == (108, [104], 0)
    run_recipe("keep", "--from", tmp_path / "second", "--to", tmp_path / "kept")
    assert sorted(path.name for path in (tmp_path / "kept").iterdir()) == ["average.safetensors", "progress.json"]


def test_another_training_and_one_without_codes_are_refused(speech: Speech, tmp_path: Path) -> None:
    first = Training(build("vocodec", 0), speech, SETTINGS)
    first.run(Leg(2), Keeping(tmp_path / "run"), print)
    carry(tmp_path / "run", tmp_path / "carried")
    with pytest.raises(UsageError, match=r"after 2 updates, before its codebooks were placed \(after \d+\)"):
        go_on(Training(build("vocodec", 0), speech, SETTINGS), tmp_path / "carried")
    with pytest.raises(UsageError, match=r"--start \S+carried: .* another training: seed 0 instead of 1"):
        go_on(Training(build("vocodec", 1), speech, replace(SETTINGS, seed=1)), tmp_path / "carried")


def test_what_is_not_there_or_of_other_shapes_is_one_line(speech: Speech, tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="no training here, finished or not"):
        carry(tmp_path, tmp_path / "carried")
    first = training_of(SETTINGS, speech)
    first.run(Leg(3), Keeping(tmp_path / "run"), print)
    carry(tmp_path / "run", tmp_path / "carried")
    place = json.loads((tmp_path / "carried" / PLACE).read_text())
    place["settings"]["codec"] = "dac"
    (tmp_path / "carried" / PLACE).write_text(json.dumps(place))
    with pytest.raises(UsageError, match="its weights are not of the present dac configuration"):
        go_on(training_of(replace(SETTINGS, codec="dac"), speech), tmp_path / "carried")
