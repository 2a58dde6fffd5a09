"""Training speech in memory, split by speaker. What is wrong with it is one line each."""

from __future__ import annotations

import hashlib
from collections import defaultdict
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from codecbench.errors import UsageError
from codecbench.training_speech import (
    SAMPLE_RATE,
    Recording,
    Signal,
    clean,
    read_audio,
    read_manifest,
    refuse_shared_speakers,
)  # fmt: skip

HELD_OUT = 12
SPLIT_SEED = 0
"""Who is held out does not depend on a training's seed: all trainings are judged by the same speakers."""
LARGEST_SHARE = 0.02
"""A speaker with more of the speech than this may be a label for many unknown people: never held out."""


@dataclass(frozen=True)
class Speech:
    """Training and validation signals (int16 [samples], 16 kHz), with no speaker in both.

    `manifest_sha256` is of the manifest's file; `skipped` counts recordings shorter than a crop.
    """

    train: tuple[Signal, ...]
    validation: tuple[Signal, ...]
    speakers: int
    manifest_sha256: str
    skipped: int = 0

    @property
    def train_seconds(self) -> float:
        return sum(map(len, self.train)) / SAMPLE_RATE

    def told(self) -> str:
        """How much speech that is, in a line."""
        minutes = f"{self.train_seconds / 60:.1f} minutes of {self.speakers} speakers"
        left_out = f"; {self.skipped} recordings shorter than a crop left out" if self.skipped else ""
        return f"{minutes}; {len(self.validation)} held out{left_out}"


def load_speech(manifest: Path, evaluation: Path | None, crop: int) -> Speech:
    """The speech of `manifest` for crops of `crop` samples, without degraded sources.

    Raises:
        UsageError: no manifest, speakers that `evaluation` has too, missing or unreadable files, a rate below 16 kHz,
            nothing as long as a crop, too few speakers.
    """
    recordings = clean(read_manifest(manifest))
    if evaluation is not None:
        refuse_shared_speakers(recordings, read_manifest(evaluation), manifest, evaluation)
    require_files(recordings, manifest)
    return split_by_speaker(recordings, crop, hashlib.sha256(manifest.read_bytes()).hexdigest())


def require_files(recordings: list[Recording], manifest: Path) -> None:
    missing = [one.path for one in recordings if not one.path.is_file()]
    if missing:
        raise UsageError(f"{manifest}: {len(missing)} of {len(recordings)} files are missing, the first: {missing[0]}")


def split_by_speaker(recordings: list[Recording], crop: int, manifest_sha256: str = "") -> Speech:
    """Read all audio; `HELD_OUT` speakers, at most a quarter of all, are kept for validation."""
    signals: dict[str, list[Signal]] = defaultdict(list)
    skipped = 0
    for recording in recordings:
        signal = read_audio(recording.path)
        if len(signal) < crop:
            skipped += 1
        else:
            signals[recording.speaker].append(signal)
    if not signals:
        raise UsageError(f"no recording is as long as a crop of {crop / SAMPLE_RATE:g} s: choose a shorter crop")
    total = sum(len(signal) for group in signals.values() for signal in group)
    small = sorted(who for who, group in signals.items() if sum(map(len, group)) <= LARGEST_SHARE * total)
    count = min(HELD_OUT, len(signals) // 4)
    chosen = set(np.random.default_rng(SPLIT_SEED).permutation(small or sorted(signals))[:count].tolist())
    if not chosen:
        raise UsageError(f"{len(signals)} speakers are too few to hold some out for validation; 4 are enough")
    train = [signal for who, group in sorted(signals.items()) if who not in chosen for signal in group]
    held_out = tuple(max(signals[who], key=len) for who in sorted(chosen))
    return Speech(tuple(train), held_out, len(signals) - len(chosen), manifest_sha256, skipped)
