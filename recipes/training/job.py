"""From a codec's name to trained weights in a folder: build, go on where it stopped, train, validate, write down."""

from __future__ import annotations

import json
import os
from collections.abc import Callable
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import torch
from safetensors import SafetensorError
from safetensors.torch import load_file, save_file

from codecbench.errors import UsageError
from codecbench.machine import describe_machine
from recipes.codecs import build
from recipes.training.checkpoints import Keeping, latest_state
from recipes.training.data import Speech
from recipes.training.progress import Settings, require_same
from recipes.training.schedule import Leg
from recipes.training.trainer import Training
from recipes.training.validation import validate

WEIGHTS, FACTS = "average.safetensors", "progress.json"


@dataclass(frozen=True)
class TrainingJob:
    """One training to be done: which, how far, where, and what it goes on from.

    `trunk` is a checkpoint of the same training to branch off from; `start` a folder of finished weights.
    """

    settings: Settings
    leg: Leg
    keeping: Keeping
    trunk: Path | None = None
    start: Path | None = None
    device: str = "cpu"
    threads: int = 1

    @property
    def done(self) -> bool:
        return (self.keeping.folder / FACTS).is_file()


def run_job(job: TrainingJob, speech: Speech, log: Callable[[str], None]) -> bool:
    """Do `job`, or go on with it. Returns whether it is done: then its folder holds the averaged weights and the facts.

    Raises:
        UsageError: the folder holds another training, the loss is not finite, no space is left.
    """
    torch.set_num_threads(job.threads)
    if job.done:
        _require_same(job, speech)
        log(f"{job.keeping.folder}: already done")
        return True
    training = Training(build(job.settings.codec, job.settings.seed), speech, job.settings, job.device)
    resumed = latest_state(job.keeping.folder)
    if resumed or job.trunk:
        training.resume(resumed or job.trunk)  # type: ignore[arg-type]
        log(f"going on after {training.progress.updates} updates")
    elif job.start:
        _start(training, job.start)
    if not training.run(job.leg, job.keeping, log):
        log(f"stopped after {training.progress.updates} of {job.leg.until} updates; the same command goes on")
        return False
    _write(job, training, log)
    return True


def _start(training: Training, folder: Path) -> None:
    facts = read_facts(folder)
    if facts["codec"] != training.settings.codec:
        raise UsageError(f"{folder}: weights of {facts['codec']}, not of {training.settings.codec}")
    try:
        training.start_from(load_file(weights_file(folder)), facts["updates"], facts["audio_seconds"])
    except (SafetensorError, RuntimeError, OSError) as error:
        raise UsageError(
            f"{folder}: its weights are not of the present {training.settings.codec} configuration "
            f"({str(error).splitlines()[0]})"
        ) from error


def read_facts(folder: Path) -> dict[str, Any]:
    """What `run_job` wrote down. Raises UsageError where nothing was."""
    path = folder / FACTS
    if not path.is_file():
        raise UsageError(f"{folder}: no finished training here; `python -m recipes train` makes one")
    facts: dict[str, Any] = json.loads(path.read_text())
    return facts


def write_facts(folder: Path, facts: dict[str, Any]) -> None:
    """What `read_facts` reads, whole or not at all: another process may look."""
    folder.mkdir(parents=True, exist_ok=True)
    partial = folder / f"progress.{os.getpid()}.partial"
    partial.write_text(json.dumps(facts, indent=1) + "\n")
    partial.replace(folder / FACTS)


def weights_file(folder: Path) -> Path:
    """Of a finished training, whose facts are there. Raises UsageError where only its results were recalled."""
    if not (folder / WEIGHTS).is_file():
        raise UsageError(f"{folder}: results without weights, of another machine; only a training here leaves weights")
    return folder / WEIGHTS


def _require_same(job: TrainingJob, speech: Speech) -> None:
    facts = read_facts(job.keeping.folder)
    updates = facts["updates"] - facts["started_with"]
    asked = asdict(job.settings) | {"manifest_sha256": speech.manifest_sha256, "updates": job.leg.until}
    require_same(facts | {"updates": updates}, asked)


def _write(job: TrainingJob, training: Training, log: Callable[[str], None]) -> None:
    progress, speech, folder = training.progress, training.speech, job.keeping.folder
    judged = validate(training.trainee, training.average.values, speech.validation)
    for count, terms in judged.items():
        log(
            f"{count} codebooks: " + " ".join(f"{name} {value:.3f}" for name, value in terms.items() if name != "clips")
        )
    partial = folder / "average.partial"
    save_file({name: value.cpu().contiguous() for name, value in training.average.values.items()}, partial)
    partial.replace(folder / WEIGHTS)
    facts = progress.settings | {
        "updates": progress.started_with + progress.updates,
        "audio_seconds": progress.audio_seconds,
        "started_with": progress.started_with,
        "losses": progress.losses,
        "validation": judged,
        "speakers": speech.speakers,
        "train_seconds": speech.train_seconds,
        "hardware": _hardware(job.device),
        "threads": job.threads,
        "torch": torch.__version__,
    }
    write_facts(folder, facts)


def _hardware(device: str) -> str:
    return str(describe_machine()["processor"]) if device == "cpu" else torch.cuda.get_device_name(device)
