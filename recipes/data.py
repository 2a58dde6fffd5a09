"""Training speech: a manifest read into memory, split by speaker, and cut into random crops."""

from __future__ import annotations

import csv
from collections import defaultdict
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import soundfile
import soxr
from numpy.typing import NDArray

SAMPLE_RATE = 16000
DEGRADED_SOURCES = ("asterisk",)
"""Prompts that have been through 64 kbit/s G.722: never a clean target."""


@dataclass(frozen=True)
class Recording:
    """One line of a manifest."""

    path: Path
    speaker: str
    source: str


@dataclass(frozen=True)
class Split:
    """Training and validation signals (int16 [samples], 16 kHz), with no speaker in both."""

    train: tuple[NDArray[np.int16], ...]
    validation: tuple[NDArray[np.int16], ...]
    speakers: int

    @property
    def train_seconds(self) -> float:
        return sum(map(len, self.train)) / SAMPLE_RATE


def read_manifest(path: Path) -> list[Recording]:
    """The recordings of a TSV manifest with columns path and speaker; paths are relative to it."""
    with path.open(newline="", encoding="utf-8") as file:
        rows = list(csv.DictReader(file, delimiter="\t", quoting=csv.QUOTE_NONE))
    if not rows or not {"path", "speaker"} <= rows[0].keys():
        raise SystemExit(f"{path}: a training manifest is a TSV with at least the columns path and speaker")
    return [Recording(path.parent / row["path"], row["speaker"], row.get("source") or "") for row in rows]


def clean(recordings: list[Recording], evaluation: list[Recording]) -> list[Recording]:
    """Those with a clean source whose speaker is not in `evaluation`."""
    refused = {recording.speaker for recording in evaluation}
    return [
        recording
        for recording in recordings
        if recording.speaker not in refused and not any(s in recording.source.lower() for s in DEGRADED_SOURCES)
    ]


def split_by_speaker(recordings: list[Recording], seed: int, held_out: int = 6) -> Split:
    """Read all audio; `held_out` speakers, each under 2 % of the whole, are kept for validation.

    The bound keeps catch-all labels (one id for many unknown people) in training.
    """
    signals: dict[str, list[NDArray[np.int16]]] = defaultdict(list)
    for recording in recordings:
        signals[recording.speaker].append(read_audio(recording.path))
    total = sum(len(signal) for group in signals.values() for signal in group)
    small = sorted(who for who, group in signals.items() if sum(map(len, group)) < 0.02 * total)
    chosen = set(np.random.default_rng(seed).permutation(small)[:held_out].tolist())
    if not chosen or len(chosen) == len(signals):
        raise SystemExit(f"{len(signals)} speakers are too few to hold some out for validation")
    train = [signal for who, group in sorted(signals.items()) if who not in chosen for signal in group]
    return Split(tuple(train), tuple(signals[who][0] for who in sorted(chosen)), len(signals) - len(chosen))


class Crops:
    """Random crops: an utterance with probability in proportion to its length, a place in it, a gain."""

    def __init__(self, signals: tuple[NDArray[np.int16], ...], length: int, rng: np.random.Generator) -> None:
        self.signals, self.length, self.rng = signals, length, rng
        lengths = np.array([len(signal) for signal in signals], dtype=np.float64)
        self.probabilities = lengths / lengths.sum()

    def batch(self, size: int) -> NDArray[np.float32]:
        """[size, 1, length] float32 in [-1, 1]; short utterances are padded with zeros."""
        out = np.zeros((size, 1, self.length), dtype=np.float32)
        for row, index in zip(out, self.rng.choice(len(self.signals), size, p=self.probabilities), strict=True):
            signal = self.signals[index]
            start = int(self.rng.integers(0, max(1, len(signal) - self.length + 1)))
            crop = signal[start : start + self.length].astype(np.float32) / 32768
            gain_db = self.rng.uniform(-9, 6)  # speakers of other sets are louder or softer
            row[0, : len(crop)] = crop * min(10 ** (gain_db / 20), 0.99 / max(np.abs(crop).max(), 1e-3))
        return out


def read_audio(path: Path) -> NDArray[np.int16]:
    """First channel at 16 kHz, [samples]."""
    samples, rate = soundfile.read(path, dtype="int16", always_2d=True)
    mono: NDArray[np.int16] = samples[:, 0]
    return mono if rate == SAMPLE_RATE else soxr.resample(mono, rate, SAMPLE_RATE, quality="VHQ")
