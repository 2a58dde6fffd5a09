"""Training speech: a manifest read into memory, and split by speaker. What is wrong with it is one line each."""

from __future__ import annotations

import csv
import hashlib
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
HELD_OUT = 12
SPLIT_SEED = 0
"""Who is held out does not depend on a training's seed: all trainings are judged by the same speakers."""
LARGEST_SHARE = 0.02
"""A speaker with more of the speech than this may be a label for many unknown people: never held out."""

Signal = NDArray[np.int16]


@dataclass(frozen=True)
class Recording:
    """One line of a manifest."""

    path: Path
    speaker: str
    source: str


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


def load_speech(manifest: Path, evaluation: Path | None, crop: int) -> Speech:
    """The speech of `manifest` for crops of `crop` samples, without degraded sources.

    Raises:
        SystemExit: no manifest, speakers that `evaluation` has too, missing or unreadable files, a rate below 16 kHz,
            nothing as long as a crop, too few speakers.
    """
    recordings = clean(read_manifest(manifest))
    if evaluation is not None:
        refuse_shared_speakers(recordings, read_manifest(evaluation), manifest, evaluation)
    require_files(recordings, manifest)
    return split_by_speaker(recordings, crop, hashlib.sha256(manifest.read_bytes()).hexdigest())


def read_manifest(path: Path) -> list[Recording]:
    """The recordings of a TSV manifest with columns path and speaker; paths are relative to it."""
    with path.open(newline="", encoding="utf-8") as file:
        rows = list(csv.DictReader(file, delimiter="\t", quoting=csv.QUOTE_NONE))
    if not rows or not {"path", "speaker"} <= rows[0].keys():
        raise SystemExit(f"{path}: a training manifest is a TSV with at least the columns path and speaker")
    return [Recording(path.parent / row["path"], row["speaker"], row.get("source") or "") for row in rows]


def clean(recordings: list[Recording]) -> list[Recording]:
    """Those of a source that is not known to be degraded."""
    return [one for one in recordings if not any(source in one.source.lower() for source in DEGRADED_SOURCES)]


def refuse_shared_speakers(
    recordings: list[Recording], evaluation: list[Recording], manifest: Path, evaluated: Path
) -> None:
    """Raises SystemExit where a speaker is in both: what is trained on a voice is not measured on it."""
    shared = sorted({one.speaker for one in recordings} & {one.speaker for one in evaluation})
    if shared:
        named = ", ".join(shared[:5]) + (", ..." if len(shared) > 5 else "")
        raise SystemExit(
            f"{manifest}: {len(shared)} of its speakers are also in {evaluated} ({named}); "
            "take them out of one of the two"
        )


def require_files(recordings: list[Recording], manifest: Path) -> None:
    missing = [one.path for one in recordings if not one.path.is_file()]
    if missing:
        raise SystemExit(f"{manifest}: {len(missing)} of {len(recordings)} files are missing, the first: {missing[0]}")


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
        raise SystemExit(f"no recording is as long as a crop of {crop / SAMPLE_RATE:g} s: choose a shorter crop")
    total = sum(len(signal) for group in signals.values() for signal in group)
    small = sorted(who for who, group in signals.items() if sum(map(len, group)) <= LARGEST_SHARE * total)
    count = min(HELD_OUT, len(signals) // 4)
    chosen = set(np.random.default_rng(SPLIT_SEED).permutation(small or sorted(signals))[:count].tolist())
    if not chosen:
        raise SystemExit(f"{len(signals)} speakers are too few to hold some out for validation; 4 are enough")
    train = [signal for who, group in sorted(signals.items()) if who not in chosen for signal in group]
    held_out = tuple(max(signals[who], key=len) for who in sorted(chosen))
    return Speech(tuple(train), held_out, len(signals) - len(chosen), manifest_sha256, skipped)


def read_audio(path: Path) -> Signal:
    """First channel at 16 kHz, [samples].

    Raises:
        SystemExit: not an audio file, or one of a lower rate, which has no upper band to learn.
    """
    try:
        samples, rate = soundfile.read(path, dtype="int16", always_2d=True)
    except soundfile.LibsndfileError as error:
        raise SystemExit(f"{path}: cannot be read as audio ({error})") from error
    if rate < SAMPLE_RATE:
        raise SystemExit(f"{path}: {rate} Hz; training takes recordings of {SAMPLE_RATE} Hz or more")
    mono: Signal = samples[:, 0]
    return mono if rate == SAMPLE_RATE else soxr.resample(mono, rate, SAMPLE_RATE, quality="VHQ")
