"""Samples of one or two signals at 16 kHz, and real speech to make them of."""

from __future__ import annotations

import csv
from pathlib import Path
from typing import Any

import numpy as np

from codecbench.api import Audio, Sample, Utterance
from codecbench.audio import source_signal

RATE = 16000


def paired(reference: Any, decoded: Any, raw: Any = None, prepared: Any = None) -> Sample:
    """`raw` is the decoded before its delay was taken out: the same where it is not given."""
    x, y = Audio.mono(reference, RATE), Audio.mono(decoded, RATE)
    z = y if raw is None else Audio.mono(raw, RATE)
    return Sample(Utterance("u", Path("u.wav"), "some words"), x, y, z, prepared=prepared)


def alone(signal: Any) -> Sample:
    """For a metric that looks at the decoded signal only."""
    return paired(signal, signal)


def eval_signals(shared: Path, speakers: int) -> list[Any]:
    """The first utterance [samples] of each of the first speakers of the development data."""
    found: dict[str, Path] = {}
    with (shared / "data" / "eval" / "manifest.tsv").open() as file:
        for row in csv.DictReader(file, delimiter="\t"):
            found.setdefault(row["speaker"], shared / "data" / "eval" / row["path"])
    return [source_signal(path).samples[0].astype(np.float64) for path in list(found.values())[:speakers]]
