"""Pairs of original and decoded for metrics: recordings of `probe`, in noise, dulled and coded."""

from __future__ import annotations

from pathlib import Path

from codecbench.api import Audio, Sample, Utterance
from codecbench.audio import source_signal
from codecbench.controls.degradations import FILTERS, NOISES, coded
from codecbench.datasets import load_dataset
from codecbench.degradations import Change
from codecbench.plugins import registry

CHANGES: dict[str, Change] = {
    "noise": NOISES["noise 5 dB"],
    "low-pass": FILTERS["low-pass 1 kHz"],
    "opus": lambda audio: coded("opus", "6", audio),
}


def sample_of(reference: Audio, decoded: Audio) -> Sample:
    return Sample(Utterance("u", Path("u.wav")), reference, decoded, decoded)


def degraded(change: str, recordings: int = 2) -> list[Sample]:
    """The first `recordings` of `probe` with what one of `CHANGES` makes of them."""
    originals = [source_signal(one.path) for one in load_dataset("probe", registry()).utterances[:recordings]]
    return [sample_of(original, CHANGES[change](original)) for original in originals]
