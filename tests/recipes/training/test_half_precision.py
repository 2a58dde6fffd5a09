"""Weights are shipped in half precision, which must not be heard: at most 0.01 PESQ-WB.

What the rounding took cannot be put back. But weights moved at random within the interval that rounds to them are as
likely to have been the trained ones: the shipped ones may not be better or worse than those by more than that.
"""

from __future__ import annotations

import csv
from importlib import import_module
from importlib.resources import files
from pathlib import Path

import numpy as np
import pytest
import soundfile
import torch

from codecbench.api import Audio, Codec, CodecOptions, OperatingPoint, Sample, Utterance
from codecbench.audio import resample
from codecbench.metrics.pesq import WB_CARD, Pesq
from codecbench.weights import resolve
from recipes.codecs import codecs

LARGEST = 0.01
CLIPS = 8


@pytest.fixture(scope="module")
def clips() -> list[Audio]:
    """Speech of several voices."""
    probe = Path(str(files("codecbench.datasets") / "speech" / "probe"))
    with (probe / "manifest.tsv").open(newline="") as file:
        rows = list(csv.DictReader(file, delimiter="\t"))
    chosen = [soundfile.read(probe / row["path"], dtype="float32") for row in rows[:: len(rows) // CLIPS]]
    return [resample(Audio.mono(samples, rate), 16000) for samples, rate in chosen]


def quality(codec: Codec, point: OperatingPoint, clips: list[Audio]) -> float:
    scores = []
    for clip in clips:
        decoded = codec.decode(codec.encode(clip, point), point)
        heard = Audio.mono(decoded.samples[0, : clip.length], clip.sample_rate)
        scores.append(Pesq(WB_CARD).score(Sample(Utterance("clip", Path()), clip, heard, heard)).value)
    return float(np.mean(scores))


@torch.no_grad()
def unrounded(model: torch.nn.Module, seed: int) -> None:
    """Move each weight to a random place in the interval whose numbers are rounded to it."""
    generator = torch.Generator().manual_seed(seed)
    for tensor in model.state_dict().values():
        if tensor.is_floating_point() or tensor.is_complex():
            real = torch.view_as_real(tensor) if tensor.is_complex() else tensor
            step = torch.ldexp(torch.ones_like(real), real.abs().clamp(min=2.0**-14).log2().floor().int() - 10)
            real.add_(step * (torch.rand(real.shape, generator=generator) - 0.5))


@pytest.mark.parametrize("name", sorted(codecs()))
def test_half_precision_is_not_heard(name: str, clips: list[Audio]) -> None:
    package = import_module(f"codecbench_{name}")
    point = package.REFERENCE.points[-1]
    codec = package.build(CodecOptions("reference", resolve(package.REFERENCE)))
    shipped = quality(codec, point, clips)
    unrounded(codec.model, seed=0)
    moved = quality(codec, point, clips)
    print(f"{name} at {point.label} kbps: PESQ-WB {shipped:.4f}, unrounded {moved:.4f}")
    assert abs(shipped - moved) <= LARGEST
