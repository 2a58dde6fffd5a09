"""From a training folder to the plugin's: averaged weights as float16, how they came to be, and a model card."""

from __future__ import annotations

import json
import math
import re
from collections.abc import Mapping
from importlib.resources import files
from pathlib import Path

from codecbench_layers.adapter import TRAINING_ONLY
from safetensors.torch import save_file
from torch import Tensor

from codecbench.checkpoints import fold_weight_norm, read_tensors
from codecbench.errors import UsageError
from recipes.training.carried import CARRIED, carry
from recipes.training.half import halved
from recipes.training.job import FACTS, WEIGHTS, read_facts, weights_file, write_facts
from recipes.training.model_card import model_card

LARGEST_BYTES = 16_000_000


def export(codec: str, folder: Path) -> Path:
    """Write `<codec>-reference.safetensors`, `.json` and `.md` into the plugin; give the first's path.

    Raises:
        UsageError: the folder holds no finished training of this codec, or its weights are too large to ship.
    """
    facts = read_facts(folder)
    if facts["codec"] != codec:
        raise UsageError(f"{folder}: a training of {facts['codec']}, not of {codec}")
    weights = Path(str(files(f"codecbench_{codec}"))) / "weights" / f"{codec}-reference.safetensors"
    weights.parent.mkdir(exist_ok=True)
    partial = weights.with_suffix(".partial")
    save_file(shipped_tensors(folder), partial)
    if (size := partial.stat().st_size) > LARGEST_BYTES:
        partial.unlink()
        raise UsageError(f"{codec}: {size} bytes of weights; at most {LARGEST_BYTES} are shipped")
    partial.chmod(0o644)  # safetensors writes files that only their owner can read
    partial.replace(weights)
    weights.with_name(f"{codec}-reference-entropy.safetensors").unlink(missing_ok=True)  # it was of other weights
    weights.with_suffix(".json").write_text(json.dumps(_rounded(facts), indent=1) + "\n")
    weights.with_suffix(".md").write_text(model_card(codec, facts, weights.stat().st_size))
    return weights


def keep(folder: Path, to: Path) -> Path:
    """Write what `export` takes of a finished training in `folder` into the folder `to`, small enough for a repository;
    of an unfinished one what `train --start` goes on from.

    Returns the weights' path: of a finished one the bytes that `export` writes, from either folder. Raises UsageError
    where there is no training.
    """
    if not (folder / FACTS).is_file():
        return carry(folder, to)
    facts = read_facts(folder)
    tensors = shipped_tensors(folder)
    to.mkdir(parents=True, exist_ok=True)
    save_file(tensors, to / WEIGHTS)
    (to / WEIGHTS).chmod(0o644)
    write_facts(to, facts)
    for name in CARRIED:  # what it went on from
        (to / name).unlink(missing_ok=True)
    return to / WEIGHTS


def shipped_tensors(folder: Path) -> dict[str, Tensor]:
    """A finished training's averaged weights as they are shipped: in half precision, without training statistics."""
    return shipped(fold_weight_norm(read_tensors(weights_file(folder))))


def shipped(tensors: Mapping[str, Tensor]) -> dict[str, Tensor]:
    """`tensors` as they are shipped: in half precision, without training statistics."""
    return {name: halved(tensor) for name, tensor in tensors.items() if not re.search(TRAINING_ONLY, name)}


def _rounded(value: object) -> object:
    if isinstance(value, dict):
        return {key: _rounded(item) for key, item in value.items()}
    if isinstance(value, float):
        return float(f"{value:.4g}") if math.isfinite(value) else None
    return value
