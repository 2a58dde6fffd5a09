"""From a training folder to the plugin's folder: averaged weights as float16, and how they came to be as JSON."""

from __future__ import annotations

import json
import math
from importlib.resources import files
from pathlib import Path

import torch
from safetensors.torch import save_file
from torch import Tensor

from codecbench.checkpoints import fold_weight_norm, read_tensors
from recipes.trainee import TRAINING_ONLY


def export(codec: str, folder: Path) -> Path:
    """Write `<codec>-reference.safetensors` and `.json` into the plugin from a training folder; give the first's path.

    Raises:
        SystemExit: the folder holds no checkpoint of this codec.
    """
    if not (folder / "progress.json").is_file():
        raise SystemExit(f"{folder}: no checkpoint here; `python -m recipes train {codec}` makes one")
    facts = json.loads((folder / "progress.json").read_text())
    if facts["codec"] != codec:
        raise SystemExit(f"{folder}: a checkpoint of {facts['codec']}, not of {codec}")
    facts["start"] = bool(facts.get("start"))  # whether it went on from earlier weights, not from which folder
    tensors = fold_weight_norm(read_tensors(folder / "average.safetensors"))
    kept = {name: halved(tensor) for name, tensor in tensors.items() if not TRAINING_ONLY.search(name)}
    weights = Path(str(files(f"codecbench_{codec}"))) / "weights" / f"{codec}-reference.safetensors"
    weights.parent.mkdir(exist_ok=True)
    partial = weights.with_suffix(".partial")
    save_file(kept, partial)
    partial.chmod(0o644)  # safetensors writes files that only their owner can read
    partial.replace(weights)
    weights.with_name(f"{codec}-reference-entropy.safetensors").unlink(missing_ok=True)  # it was of other weights
    weights.with_suffix(".json").write_text(json.dumps(_rounded(facts), indent=1) + "\n")
    return weights


def halved(tensor: Tensor) -> Tensor:
    """In half precision; a complex tensor [...] as its real and imaginary parts [..., 2]."""
    real = torch.view_as_real(tensor) if tensor.is_complex() else tensor
    return real.half().contiguous()


def _rounded(value: object) -> object:
    if isinstance(value, dict):
        return {key: _rounded(item) for key, item in value.items()}
    if isinstance(value, float):
        return float(f"{value:.4g}") if math.isfinite(value) else None
    return value
