"""Training: the squared error of the upper band's levels where they are heard, in log10 of power, in minutes."""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

import torch
from codecbench_bandwidth import TRAINED
from codecbench_bandwidth.codec import BASE
from codecbench_bandwidth.config import CONFIGURATION
from codecbench_bandwidth.model import EnvelopeNetwork
from codecbench_vocodec import REFERENCE
from safetensors.torch import save_file
from torch import Tensor
from torch.nn import functional as F

from codecbench.api import Utterance
from codecbench.weights import location, resolve, sha256_of
from recipes.bandwidth.features import Example, Extractor
from recipes.training.half import halved

FRAMES, BATCH, RATE = 256, 16, 2e-3
GAIN_DB, TILT_DB = 12.0, 6.0
"""Recordings are made louder or softer, and tilted from 0 to 12 kHz, by up to so much: rooms and microphones differ."""
HEARD = -5.6
"""log10 of power that a sine of -100 dB re full scale has here, the floor of `lsd_fb`: what lies below is no error."""
EVERY = 12
"""One utterance of so many is held out."""


@dataclass(frozen=True)
class Trained:
    """RMS errors in dB over bands and frames that were held out: of the network, and of the best fixed tilt."""

    path: Path
    parameters: int
    minutes_of_speech: float
    seconds: float
    updates: int
    rms_db: float
    tilt: tuple[float, float]
    tilt_rms_db: float

    def told(self) -> str:
        first, each = self.tilt
        return (
            f"{self.path}: {self.path.stat().st_size} bytes, {self.parameters} parameters; "
            f"{self.minutes_of_speech:.1f} minutes of speech, {self.updates} updates in {self.seconds:.0f} s; held-out "
            f"error {self.rms_db:.2f} dB, of a fixed tilt ({first:.2f}, {each:.2f}) {self.tilt_rms_db:.2f} dB"
        )


def train(utterances: Sequence[Utterance], updates: int, seed: int, say: Callable[[str], None]) -> Trained:
    """Into the plugin's folder, as half precision. Raises ValueError where no speech reaches far enough."""
    began = time.perf_counter()
    torch.manual_seed(seed)
    examples = list(Extractor().examples(utterances))
    if len(examples) < 2:
        raise ValueError("of the speech no two recordings reach 11 kHz; it must be sampled at 24 kHz or more")
    held = [one for index, each in enumerate(examples) if index % EVERY == 0 for one in each]
    taught = [one for index, each in enumerate(examples) if index % EVERY for one in each]
    say(f"{len(taught)} examples, {len(held)} held out, after {time.perf_counter() - began:.0f} s")
    network = EnvelopeNetwork(CONFIGURATION)
    optimizer = torch.optim.AdamW(network.parameters(), RATE, weight_decay=0.01)
    schedule = torch.optim.lr_scheduler.OneCycleLR(optimizer, RATE, updates)
    for update in range(updates):
        seen, wanted = _batch(taught)
        loss = _errors(_found(network, seen), wanted).square().mean()
        optimizer.zero_grad()
        loss.backward()  # type: ignore[no-untyped-call]
        optimizer.step()
        schedule.step()
        if update % 500 == 499:
            say(f"update {update + 1}: {10 * loss.item() ** 0.5:.2f} dB, held out {_rms_db(network, held):.2f} dB")
    tilt = fitted_tilt(taught)
    path = _saved(network)
    seconds = sum(each[0].seconds for each in examples)
    count = sum(parameter.numel() for parameter in network.parameters())
    return Trained(
        path, count, seconds / 60, time.perf_counter() - began, updates, _rms_db(network, held), tilt,
        _tilt_rms_db(tilt, held),
    )  # fmt: skip


def fitted_tilt(examples: Sequence[Example]) -> tuple[float, float]:
    """By least squares, where it is heard: how much the mirrored band is to be raised in the lowest band, and more in
    each above.
    """
    wanted = torch.cat([one.wanted for one in examples], dim=1)  # [bands, frames]
    raised, heard = wanted - torch.cat([one.seen[-CONFIGURATION.bands :] for one in examples], dim=1), wanted > HEARD
    means = (raised * heard).sum(1) / heard.sum(1).clamp(min=1)
    at = torch.arange(CONFIGURATION.bands) - (CONFIGURATION.bands - 1) / 2
    slope = float((means * at).sum() / at.square().sum())
    return float(means.mean()) + slope * float(at[0]), slope


def _batch(examples: Sequence[Example]) -> tuple[Tensor, Tensor]:
    """`seen` and `wanted` of crops, [batch, bands, frames]."""
    crops = []
    for index in torch.randint(len(examples), (BATCH,)).tolist():
        one = examples[index]
        start = int(torch.randint(max(1, one.seen.shape[1] - FRAMES), ()))
        padding = max(0, FRAMES - one.seen.shape[1])
        both = torch.cat([one.seen, one.wanted])[:, start : start + FRAMES]
        gain, tilt = (torch.rand(()) * 2 - 1) * GAIN_DB / 10, (torch.rand(()) * 2 - 1) * TILT_DB / 10
        crops.append(F.pad(both + gain + tilt * _heights(), (0, padding), mode="replicate"))
    whole = torch.stack(crops)
    return whole[:, : -CONFIGURATION.bands], whole[:, -CONFIGURATION.bands :]


def _heights() -> Tensor:
    """Where each row of an example lies, from 0 (0 Hz) to 1 (the output's Nyquist frequency): [rows, 1]."""
    nyquist, low, bands = CONFIGURATION.output_rate / 2, CONFIGURATION.sample_rate / 2, CONFIGURATION.bands
    mel = 2595 * torch.log10(torch.tensor(1 + low / 700))
    hertz = 700 * (10 ** (torch.linspace(0, float(mel), CONFIGURATION.mels + 2)[1:-1] / 2595) - 1)
    step = (nyquist - low) / bands
    above = low + step * (torch.arange(bands) + 0.5)
    mirrored = 2 * low - above  # what is seen of it has the tilt of where it came from
    return torch.cat([hertz, mirrored, above])[:, None] / nyquist


def _found(network: EnvelopeNetwork, seen: Tensor) -> Tensor:
    raised: Tensor = network(seen)
    return seen[:, -CONFIGURATION.bands :] + raised


def _errors(found: Tensor, wanted: Tensor) -> Tensor:
    """None where neither is heard."""
    return (found - wanted.clamp(min=HEARD)) * ((found > HEARD) | (wanted > HEARD))


@torch.no_grad()
def _rms_db(network: EnvelopeNetwork, examples: Sequence[Example]) -> float:
    errors = [_errors(_found(network, one.seen[None])[0], one.wanted).square().mean() for one in examples]
    return 10 * float(torch.stack(errors).mean().sqrt())


def _tilt_rms_db(tilt: tuple[float, float], examples: Sequence[Example]) -> float:
    raised = tilt[0] + tilt[1] * torch.arange(CONFIGURATION.bands)[:, None]
    errors = [_errors(one.seen[-CONFIGURATION.bands :] + raised, one.wanted).square().mean() for one in examples]
    return 10 * float(torch.stack(errors).mean().sqrt())


def _saved(network: EnvelopeNetwork) -> Path:
    assert TRAINED.weights is not None
    path, base = location(TRAINED, TRAINED.weights), resolve(REFERENCE)
    assert base is not None
    path.parent.mkdir(exist_ok=True)
    tensors = {name: halved(tensor) for name, tensor in network.state_dict().items()}
    save_file(tensors, path, {BASE: sha256_of(base)})
    return path
