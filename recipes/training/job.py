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
from torch import Tensor

from codecbench.errors import UsageError
from codecbench.machine import describe_machine
from recipes.codecs import build
from recipes.training.carried import go_on, is_carried
from recipes.training.checkpoints import Keeping, latest_state
from recipes.training.crops import Crops
from recipes.training.data import PROTOCOL, Speech
from recipes.training.progress import Settings, require_same
from recipes.training.schedule import Leg
from recipes.training.trainer import Training, reseed
from recipes.training.validation import score_test, validate

WEIGHTS, FACTS = "average.safetensors", "progress.json"


@dataclass(frozen=True)
class TrainingJob:
    """One training to be done: which, how far, where, and what it goes on from.

    `trunk` is a checkpoint of the same training to branch off from; `start` a folder of finished weights, or the same
    training unfinished and carried over.
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
        log(f"starting from {job.start}, after {training.progress.started_with + training.progress.updates} updates")
    if not training.run(job.leg, job.keeping, log):
        log(f"stopped after {training.progress.updates} of {job.leg.until} updates; the same command goes on")
        return False
    _write(job, training, log)
    return True


def _start(training: Training, folder: Path) -> None:
    if is_carried(folder):
        return go_on(training, folder)
    facts = read_facts(folder)
    if facts["codec"] != training.settings.codec:
        raise UsageError(f"{folder}: weights of {facts['codec']}, not of {training.settings.codec}")
    require_unheard(facts, training.speech, folder)
    try:
        weights = load_file(weights_file(folder))
        training.start_from(weights, facts["updates"], facts["audio_seconds"], facts.get("cpu_seconds"))
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
    asked = asdict(job.settings) | {
        "manifest_sha256": speech.manifest_sha256, "protocol": PROTOCOL, "updates": job.leg.until
    }  # fmt: skip
    require_same(facts | {"updates": updates}, asked)


def require_unheard(facts: dict[str, Any], speech: Speech, place: Path) -> None:
    """Raises UsageError where the weights described by `facts` may have heard the speech's test speakers."""
    protocol = facts.get("protocol", 1)
    if facts["manifest_sha256"] == speech.manifest_sha256 and protocol != PROTOCOL:
        raise UsageError(
            f"{place}: trained by protocol {protocol} on speakers that protocol {PROTOCOL} tests with; train it anew"
        )


def measure_start(settings: Settings, speech: Speech, folder: Path, threads: int, log: Callable[[str], None]) -> None:
    """Write down what a codec passes before its first update, its codebooks placed on the first updates' crops.

    The rate of `settings` has no part in it. There are no weights in `folder` afterwards.
    """
    torch.set_num_threads(threads)
    training = Training(build(settings.codec, settings.seed), speech, settings)
    trainee = training.trainee
    crops = Crops(speech.train, settings.crop, settings.batch, settings.seed)
    counts = torch.full((settings.batch,), max(trainee.counts))
    with torch.no_grad():
        for update in range(trainee.warm_up + 1):
            reseed(trainee, settings.seed, update)
            trainee(torch.from_numpy(crops.batch(update)), counts)
    log(f"{settings.codec} seed {settings.seed}: before the first update")
    facts = _facts(training, trainee.model.state_dict(), threads, log)
    write_facts(folder, facts | {"rate": None})


def _write(job: TrainingJob, training: Training, log: Callable[[str], None]) -> None:
    folder = job.keeping.folder
    facts = _facts(training, training.average.values, job.threads, log)
    partial = folder / "average.partial"
    save_file({name: value.cpu().contiguous() for name, value in training.average.values.items()}, partial)
    partial.replace(folder / WEIGHTS)
    write_facts(folder, facts)


def _facts(
    training: Training, weights: dict[str, Tensor], threads: int, log: Callable[[str], None]
) -> dict[str, Any]:  # fmt: skip
    """What is written down of a training with these `weights`."""
    progress, speech = training.progress, training.speech
    judged = validate(training.trainee, weights, speech.validation)
    for count, terms in judged.items():
        log(
            f"{count} codebooks: " + " ".join(f"{name} {value:.3f}" for name, value in terms.items() if name != "clips")
        )
    test = score_test(training.trainee, weights, speech.test)
    return progress.settings | {
        "updates": progress.started_with + progress.updates,
        "audio_seconds": progress.audio_seconds,
        "cpu_seconds": progress.cpu_seconds,
        "started_with": progress.started_with,
        "restarts": progress.restarts,
        "losses": progress.losses,
        "validation": judged,
        "test": test.coded,
        "unquantized": test.unquantized,
        "speakers": speech.speakers,
        "train_seconds": speech.train_seconds,
        "hardware": _hardware(training.device.type),
        "threads": threads,
        "torch": torch.__version__,
    }


def _hardware(device: str) -> str:
    return str(describe_machine()["processor"]) if device == "cpu" else torch.cuda.get_device_name(device)
