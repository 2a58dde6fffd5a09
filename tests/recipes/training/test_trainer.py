"""The trainer: it learns, a killed training goes on as if nothing had been, and mistakes are one line."""

from __future__ import annotations

import errno
import os
import signal
import subprocess
import sys
import time
from dataclasses import replace
from pathlib import Path

import pytest
import torch
from codecbench_layers.training import CountedTraining
from ignite.handlers import DiskSaver
from made_speech import write_manifest
from recipe_command import run_recipe
from safetensors.torch import load_file

from codecbench.errors import UsageError
from recipes.codecs import build, codecs
from recipes.training.checkpoints import Keeping, latest_state
from recipes.training.data import load_speech
from recipes.training.job import TrainingJob, read_facts, run_job
from recipes.training.progress import Settings
from recipes.training.schedule import Leg
from recipes.training.trainer import SHOWN_EVERY, Diverged, Training

ROOT = Path(__file__).parents[3]
SETTINGS = Settings("vocodec", 1e-3, batch=2, crop_seconds=0.4)


@pytest.fixture(scope="module")
def manifest(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return write_manifest(tmp_path_factory.mktemp("speech"))


@pytest.fixture
def training(manifest: Path) -> Training:
    return Training(build("vocodec", 0), load_speech(manifest, None, SETTINGS.crop), SETTINGS)


def read_updates(folder: Path) -> int:
    return int(latest_state(folder).stem.rpartition("_")[2])


def command(manifest: Path, out: Path, updates: int, *more: object) -> list[object]:
    return [
        "train", "vocodec", "--data", manifest, "--out", out, "--updates", updates, "--batch", 1,
        "--crop-seconds", 0.4, *more,
    ]  # fmt: skip


def test_a_killed_training_goes_on_as_if_it_had_not_been(manifest: Path, tmp_path: Path) -> None:
    """Killed before the codebooks are placed; they are placed after. Equal bit by bit to one that was left alone."""
    environment = os.environ | {"OMP_NUM_THREADS": "1"}
    order = command(manifest, tmp_path / "killed", 104, "--checkpoint-minutes", 0.01)
    run = [sys.executable, "-m", "recipes", *map(str, order)]
    process = subprocess.Popen(run, cwd=ROOT, env=environment, stdout=subprocess.DEVNULL)
    while process.poll() is None:
        state = latest_state(tmp_path / "killed")
        if state and int(state.stem.rpartition("_")[2]) > 3:
            process.send_signal(signal.SIGKILL)
            break
        time.sleep(0.02)
    assert process.wait() == -signal.SIGKILL
    assert not (tmp_path / "killed" / "progress.json").exists()
    for out in ("killed", "whole"):
        run_recipe(*command(manifest, tmp_path / out, 104))
    one, other = (load_file(tmp_path / out / "average.safetensors") for out in ("killed", "whole"))
    assert one.keys() == other.keys()
    assert all(torch.equal(one[name], other[name]) for name in one)
    assert read_facts(tmp_path / "killed")["validation"] == read_facts(tmp_path / "whole")["validation"]


@pytest.mark.parametrize("codec", sorted(codecs()))
def test_a_resumed_training_equals_an_undisturbed_one(codec: str, manifest: Path, tmp_path: Path) -> None:
    """With all that a codec has of its own: codes' statistics, random streams, heads that are not exported."""
    settings = Settings(codec, 1e-4, batch=2, crop_seconds=0.4)
    speech = load_speech(manifest, None, settings.crop)

    def fresh() -> Training:
        training = Training(build(codec, 0), speech, settings)
        for module in training.trainee.modules():
            if isinstance(module, CountedTraining):
                module.warm_up = min(module.warm_up, 2)
        return training

    whole, first, second = fresh(), fresh(), fresh()
    whole.run(Leg(6), Keeping(tmp_path / "whole"), print)
    first.run(Leg(4), Keeping(tmp_path / "parts"), print)
    second.resume(latest_state(tmp_path / "parts"))
    second.run(Leg(6), Keeping(tmp_path / "parts"), print)
    assert second.progress == whole.progress
    assert all(torch.equal(value, whole.average.values[name]) for name, value in second.average.values.items())
    ours, theirs = second.trainee.model.state_dict(), whole.trainee.model.state_dict()
    assert all(torch.equal(value, theirs[name]) for name, value in ours.items())


def test_another_training_in_the_folder_is_named(training: Training, tmp_path: Path) -> None:
    training.run(Leg(2), Keeping(tmp_path), print)
    other = Training(build("vocodec", 0), training.speech, replace(SETTINGS, rate=2e-3, seed=4))
    with pytest.raises(UsageError, match=r"another training: rate 0\.001 instead of 0\.002, seed 0 instead of 4"):
        other.resume(latest_state(tmp_path))


def test_a_damaged_checkpoint_and_one_of_another_configuration(training: Training, tmp_path: Path) -> None:
    (tmp_path / "state_checkpoint_5.pt").write_bytes(b"not a checkpoint")
    with pytest.raises(UsageError, match=r"state_checkpoint_5\.pt: not a checkpoint of vocodec"):
        training.resume(latest_state(tmp_path))
    training.run(Leg(1), Keeping(tmp_path / "other"), print)
    state = torch.load(latest_state(tmp_path / "other"), weights_only=True)
    state["trainee"] = {name: value for name, value in state["trainee"].items() if "head" not in name}
    torch.save(state, latest_state(tmp_path / "other"))
    with pytest.raises(UsageError, match=r"not a checkpoint of vocodec \(Error.* loading state_dict"):
        training.resume(latest_state(tmp_path / "other"))


def test_a_loss_that_is_not_finite_stops_and_keeps_the_last_good_checkpoint(training: Training, tmp_path: Path) -> None:
    assert training.run(Leg(3), Keeping(tmp_path), print)
    with torch.no_grad():
        training.trainee.model.decoder.head.bias[0] = float("nan")
    with pytest.raises(Diverged, match=r"vocodec: the loss is nan at update 4 .* last good checkpoint stays"):
        training.run(Leg(6), Keeping(tmp_path, minutes=0), print)
    assert latest_state(tmp_path).name == "state_checkpoint_3.pt"


def test_no_space_left_is_one_line(training: Training, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(*_: object) -> None:
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(DiskSaver, "__call__", full)
    with pytest.raises(UsageError, match=r"the checkpoint cannot be written \(.*No space left on device\); free some"):
        training.run(Leg(2), Keeping(tmp_path), print)


def test_time_up_is_no_failure_and_a_finished_training_is_not_repeated(manifest: Path, tmp_path: Path) -> None:
    speech = load_speech(manifest, None, SETTINGS.crop)
    job = TrainingJob(SETTINGS, Leg.whole(500), Keeping(tmp_path / "a", stop_after_minutes=0.01))
    said: list[str] = []
    assert not run_job(job, speech, said.append)
    assert "the same command goes on" in said[-1]
    job = replace(job, leg=Leg.whole(read_updates(tmp_path / "a") + 1), keeping=Keeping(tmp_path / "a"))
    assert run_job(job, speech, said.append)
    before = (tmp_path / "a" / "average.safetensors").stat().st_mtime_ns
    assert run_job(job, speech, said.append)
    assert (tmp_path / "a" / "average.safetensors").stat().st_mtime_ns == before
    assert said[-1].endswith("already done")
    with pytest.raises(UsageError, match=rf"another training: rate {SETTINGS.rate} instead of 0\.5; choose"):
        run_job(replace(job, settings=replace(SETTINGS, rate=0.5)), speech, print)


def test_the_first_line_after_a_resumption_counts_its_own_updates(
    training: Training, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    training.progress.updates = SHOWN_EVERY - 2
    monkeypatch.setattr("recipes.training.trainer._Clock.lap", lambda clock: 10.0)
    lines: list[str] = []
    training.run(Leg(SHOWN_EVERY), Keeping(tmp_path), lines.append)
    assert [line.rpartition("; ")[2] for line in lines] == ["5.00 s an update"]


def test_a_warm_start_keeps_the_counters(manifest: Path, tmp_path: Path) -> None:
    speech = load_speech(manifest, None, SETTINGS.crop)
    job = TrainingJob(SETTINGS, Leg.whole(3), Keeping(tmp_path / "first"))
    run_job(job, speech, print)
    run_job(replace(job, keeping=Keeping(tmp_path / "second"), start=tmp_path / "first"), speech, print)
    first, second = (read_facts(tmp_path / name) for name in ("first", "second"))
    assert (first["updates"], second["updates"], second["started_with"]) == (3, 6, 3)
    assert second["audio_seconds"] == pytest.approx(2 * first["audio_seconds"])
    with pytest.raises(UsageError, match="weights of vocodec, not of dac"):
        run_job(replace(job, settings=replace(SETTINGS, codec="dac"), start=tmp_path / "first",
                          keeping=Keeping(tmp_path / "third")), speech, print)  # fmt: skip
