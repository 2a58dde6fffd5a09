"""From speech to a file of weights: fit, code, train, judge, write."""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import numpy as np
import torch
from codecbench_units import HUBERT
from codecbench_units.checkpoint import Model, UnitsNetwork
from codecbench_units.decoder import UnitDecoder
from codecbench_units.features import MelCepstra, UnitFeatures
from codecbench_units.hidden import HiddenStates
from safetensors.torch import save_file

from codecbench.checkpoints import read_tensors
from codecbench.errors import UsageError
from recipes.training.data import Speech
from recipes.training.half import halved
from recipes.training.losses import SpectralLoss
from recipes.training.small import FACTS
from recipes.units.analysis import Recorded, analyzed, fit
from recipes.units.training import DecoderTraining, UnitsSettings


@dataclass(frozen=True)
class HiddenUnits:
    """Units of a self-supervised model: its folder, its centres (.npy or .safetensors), the layer they are of."""

    folder: Path
    centres: Path
    layer: int


def train_units(
    speech: Speech, settings: UnitsSettings, out: Path, hidden: HiddenUnits | None, minutes: float | None,
    log: Callable[[str], None],
) -> bool:  # fmt: skip
    """Train, or go on; returns whether it is done. Then `out` holds the weights and what is known of them.

    Raises UsageError where a model or centres do not fit, or the folder holds another training.
    """
    torch.manual_seed(settings.seed)
    features = _features(hidden)
    network = UnitsNetwork(features.dimension)
    fit(network, features, speech.train, settings.seed)
    if hidden is not None:
        _take_centres(network, hidden)
    model = Model(network, features)
    log("coding the training speech")
    training = DecoderTraining(network.decoder, analyzed(speech.train, model), settings)
    if not training.run(out, minutes, log):
        log(f"stopped after {training.updates} of {settings.updates} updates; the same command goes on")
        return False
    network.decoder.load_state_dict(training.average.values)
    distance = mel_distance(model.decoder, analyzed([one.signal for one in speech.test], model))
    log(f"log mel distance {distance:.3f} on whole recordings of {len(speech.test)} test speakers")
    save_file({name: halved(value) for name, value in network.state_dict().items()}, out / _name(hidden))
    facts = asdict(settings) | {
        "cpu_seconds": training.cpu_seconds, "train_seconds": speech.train_seconds, "speakers": speech.speakers,
        "test_mel": distance, "torch": torch.__version__,
    }  # fmt: skip
    (out / FACTS).write_text(json.dumps(_rounded(facts), indent=1) + "\n")
    return True


def mel_distance(decoder: UnitDecoder, recordings: Sequence[Recorded], place: int = 0) -> float:
    """The loss's mean over recordings, of what is received at one of their operating points."""
    criterion, found = SpectralLoss(), []
    decoder.eval()
    with torch.no_grad():
        for recording in recordings:
            received = recording.received[place]
            decoded = decoder(received.conditions, received.source(seed=0))
            found.append(float(criterion(decoded, torch.from_numpy(recording.samples)[None, None]).mel))
    return float(np.mean(found))


def _features(hidden: HiddenUnits | None) -> UnitFeatures:
    if hidden is None:
        return MelCepstra()
    states = HiddenStates(HUBERT, hidden.folder)
    states.choose(hidden.layer)
    return states


def _take_centres(network: UnitsNetwork, hidden: HiddenUnits) -> None:
    """Raises UsageError where they are not 100 of the model's dimension."""
    centres = read_centres(hidden.centres)
    if centres.shape != network.centres.shape:
        raise UsageError(
            f"{hidden.centres}: centres {list(centres.shape)}; the codec has {list(network.centres.shape)}, 100 units "
            "of the model's dimension"
        )
    with torch.no_grad():
        network.mean.zero_()
        network.deviation.fill_(1.0)
        network.centres.copy_(centres.half().float())
        network.layer.fill_(float(hidden.layer))


def read_centres(path: Path) -> torch.Tensor:
    """[centres, dimension] of an .npy file, or of the one tensor of a .safetensors file. Raises UsageError."""
    if path.suffix == ".npy":
        try:
            return torch.from_numpy(np.load(path, allow_pickle=False).astype(np.float32))
        except (ValueError, OSError) as error:
            raise UsageError(f"{path}: no array of NumPy's format ({error})") from error
    tensors: dict[str, Any] = read_tensors(path)
    if len(tensors) != 1:
        raise UsageError(f"{path}: {len(tensors)} tensors; a file of centres holds one, [100, dimension]")
    only: torch.Tensor = next(iter(tensors.values()))
    return only.float()


def _name(hidden: HiddenUnits | None) -> str:
    return "units-logmel.safetensors" if hidden is None else "units-hubert.safetensors"


def _rounded(facts: dict[str, Any]) -> dict[str, Any]:
    return {name: float(f"{value:.4g}") if isinstance(value, float) else value for name, value in facts.items()}
