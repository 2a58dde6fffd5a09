"""Thirty updates of each codec on a little speech lower its loss by a fifth, through its own quantizer."""

from __future__ import annotations

import csv
from importlib.resources import files
from pathlib import Path

import numpy as np
import pytest
import soundfile
import torch
from codecbench_layers.training import CountedTraining

from codecbench.api import Audio
from codecbench.audio import resample
from recipes.codecs import build, trained
from recipes.training.losses import SpectralLoss
from recipes.training.optimizer import build_optimizer
from recipes.training.trainee import Trainee
from recipes.training.trainer import reseed

PLACED_AFTER = 3
"""Updates: the codebooks start early, so that thirty updates are enough to see them learn."""


SAMPLES = {"vocodec": 12800}
"""Of each voice, where half as many are not enough."""


def loudest(length: int) -> torch.Tensor:
    """The loudest `length` samples of two voices of the built-in probe set: [2, 1, length]."""
    probe = Path(str(files("codecbench.datasets") / "speech" / "probe"))
    with (probe / "manifest.tsv").open(newline="") as file:
        rows = list(csv.DictReader(file, delimiter="\t"))
    crops = []
    for row in rows[:6:3]:
        samples = resample(Audio.mono(*soundfile.read(probe / row["path"], dtype="float32")), 16000).samples[0]
        start = int(np.argmax(np.convolve(samples**2, np.ones(length), "valid")))
        crops.append(samples[start : start + length])
    return torch.from_numpy(np.stack(crops))[:, None]


@torch.no_grad()
def loss_of(trainee: Trainee, speech: torch.Tensor) -> float:
    """Mean over the same few draws of whatever a codec draws."""
    losses = []
    for draw in range(4):
        reseed(trainee, 1, draw)
        decoded = trainee(speech, torch.full((2,), max(trainee.counts))).decoded
        losses.append(float(SpectralLoss()(decoded, speech).total))
    return float(np.mean(losses))


@pytest.mark.parametrize("codec", sorted(trained()))
def test_thirty_updates_lower_the_loss_by_a_fifth(codec: str) -> None:
    speech = loudest(SAMPLES.get(codec, 6400))
    trainee, criterion = build(codec, 0), SpectralLoss()
    for module in trainee.modules():
        if isinstance(module, CountedTraining):
            module.warm_up = min(module.warm_up, PLACED_AFTER)
    optimizer = build_optimizer(trainee, 2e-4)
    first = np.inf
    for update in range(30):
        if update == PLACED_AFTER:
            first = loss_of(trainee, speech)
        reseed(trainee, 0, update)
        passed = trainee(speech, torch.full((2,), max(trainee.counts)))
        optimizer.zero_grad()
        (criterion(passed.decoded, speech).total + 0.5 * passed.quantizer_loss).backward()
        torch.nn.utils.clip_grad_norm_(trainee.parameters(), 1.0)
        optimizer.step()
    last = loss_of(trainee, speech)
    print(f"{codec}: {first:.3f} to {last:.3f}")
    assert last < 0.8 * first
