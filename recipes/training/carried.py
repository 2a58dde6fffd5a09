"""An unfinished training small enough for a repository, for a machine that has no checkpoint of it: averaged weights in
half precision and how far it is. The optimizer and the quantizer's statistics start anew there.
"""

from __future__ import annotations

import json
from pathlib import Path

import torch
from safetensors import SafetensorError
from safetensors.torch import load_file, save_file

from codecbench.errors import UsageError
from recipes.training.checkpoints import first_line, latest_state
from recipes.training.half import halved, restored
from recipes.training.trainer import Training

CARRIED = WEIGHTS, PLACE = "carried.safetensors", "carried.json"


def carry(folder: Path, to: Path) -> Path:
    """Write the newest checkpoint in `folder` into the folder `to`; returns the weights' path.

    Raises UsageError where there is none.
    """
    checkpoint = latest_state(folder)
    if checkpoint is None:
        raise UsageError(f"{folder}: no training here, finished or not; `python -m recipes train` makes one")
    state = torch.load(checkpoint, map_location="cpu", weights_only=True)
    to.mkdir(parents=True, exist_ok=True)
    save_file({name: halved(tensor) for name, tensor in state["average"].items()}, to / WEIGHTS)
    (to / WEIGHTS).chmod(0o644)
    (to / PLACE).write_text(json.dumps(state["progress"], indent=1) + "\n")
    return to / WEIGHTS


def is_carried(folder: Path) -> bool:
    return (folder / PLACE).is_file()


def go_on(training: Training, folder: Path) -> None:
    """Let `training` be where the one carried in `folder` was.

    Raises UsageError where that is another training or had no codes yet, or its weights are not of this configuration.
    """
    try:
        training.progress.load_state_dict(json.loads((folder / PLACE).read_text()))
    except UsageError as error:
        raise UsageError(f"--start {folder}: {error}") from error
    if training.progress.updates < training.trainee.warm_up:
        raise UsageError(
            f"{folder}: it was carried over after {training.progress.updates} updates, before its codebooks were "
            f"placed (after {training.trainee.warm_up}); train it anew"
        )
    try:
        weights = restored(load_file(folder / WEIGHTS), training.average.values)
    except (SafetensorError, ValueError, OSError) as error:
        raise UsageError(
            f"{folder}: its weights are not of the present {training.settings.codec} configuration "
            f"({first_line(error)})"
        ) from error
    training.restart(weights)
