"""Training speech in memory, split by speaker: what is trained on, what chooses the learning rate (validation), what is
reported (test). What is wrong with it is one line each.
"""  # fmt: skip

from __future__ import annotations

import hashlib
from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass, replace
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

PROTOCOL = 2
"""Who is held out for what, and how trainings are scored. In protocol 1 the validation speakers' first 4 s chose the
learning rate and were reported too; the test speakers were trained on."""
VALIDATED, TESTED = 12, 40
"""Speakers for validation and for the test; each at most a quarter of all."""
SPLIT_SEED = 0
"""Who is held out does not depend on a training's seed: all trainings are judged by the same speakers."""
LARGEST_SHARE = 0.02
"""A speaker with more of the speech than this may be a label for many unknown people: never held out."""
LONGEST_TEST_S = 20
"""A test speaker has a recording of at most this: PESQ scores a longer one in pieces."""


@dataclass(frozen=True)
class UnheardUtterance:
    """A whole recording of a test speaker, whom neither training nor the choice of a rate hears."""

    speaker: str
    signal: Signal


@dataclass(frozen=True)
class Speech:
    """Training, validation and test signals (int16 [samples], 16 kHz), with no speaker in two of them.

    `validation` and `test` have one recording a speaker. `speakers` are those of the recordings that are not held out.
    `manifest_sha256` is of the manifest's file and the share of it; `skipped` counts recordings shorter than a crop.
    """

    train: tuple[Signal, ...]
    validation: tuple[Signal, ...]
    test: tuple[UnheardUtterance, ...]
    speakers: int
    manifest_sha256: str
    skipped: int = 0

    @property
    def train_seconds(self) -> float:
        return sum(map(len, self.train)) / SAMPLE_RATE

    def reduced(self, share: float) -> Speech:
        """With `share` of the recordings to train on, chosen by one permutation; the same speakers are held out."""
        if share == 1:
            return self
        count = max(1, round(share * len(self.train)))
        chosen = np.random.default_rng(SPLIT_SEED).permutation(len(self.train))[:count]
        named = hashlib.sha256(f"{self.manifest_sha256} {share:g}".encode()).hexdigest()
        return replace(self, train=tuple(self.train[index] for index in sorted(chosen)), manifest_sha256=named)

    def told(self) -> str:
        """How much speech that is, in a line."""
        minutes = f"{self.train_seconds / 60:.1f} minutes of {self.speakers} speakers"
        left_out = f"; {self.skipped} recordings shorter than a crop left out" if self.skipped else ""
        held_out = f"held out: {len(self.validation)} speakers for validation, {len(self.test)} for the test"
        return f"{minutes}; {held_out}{left_out}"


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
    """Read all audio and hold `VALIDATED` and `TESTED` speakers out.

    Raises UsageError where nothing is as long as a crop, or there are too few speakers.
    """
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
    validation, test = held_out_speakers(signals)
    train = [signal for who, group in sorted(signals.items()) if who not in validation + test for signal in group]
    longest = tuple(max(signals[who], key=len) for who in validation)
    whole = tuple(UnheardUtterance(who, max(_testable(signals[who]), key=len)) for who in test)
    speakers = len(signals) - len(validation) - len(test)
    return Speech(tuple(train), longest, whole, speakers, manifest_sha256, skipped)


def held_out_speakers(signals: Mapping[str, list[Signal]]) -> tuple[list[str], list[str]]:
    """For validation and for the test, each sorted: the first of one fixed permutation of all that may be held out.

    Raises UsageError where there are too few.
    """
    total = sum(len(signal) for group in signals.values() for signal in group)
    small = sorted(who for who, group in signals.items() if sum(map(len, group)) <= LARGEST_SHARE * total)
    order = np.random.default_rng(SPLIT_SEED).permutation(small or sorted(signals)).tolist()
    quarter = len(signals) // 4
    validation = order[: min(VALIDATED, quarter)]
    test = [who for who in order[len(validation) :] if _testable(signals[who])][: min(TESTED, quarter)]
    if not validation or not test:
        raise UsageError(
            f"{len(signals)} speakers are too few to hold some out for validation and others for the test; 4 are "
            f"enough, where those have a recording of at most {LONGEST_TEST_S} s"
        )
    return sorted(validation), sorted(test)


def _testable(signals: list[Signal]) -> list[Signal]:
    return [signal for signal in signals if len(signal) <= LONGEST_TEST_S * SAMPLE_RATE]
