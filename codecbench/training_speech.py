"""A manifest of training speech, and its recordings. What is wrong with it is one line each."""

from __future__ import annotations

import csv
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import soundfile
import soxr
from numpy.typing import NDArray

from codecbench.errors import UsageError

SAMPLE_RATE = 16000
DEGRADED_SOURCES = ("asterisk",)
"""Prompts that have been through 64 kbit/s G.722: never a clean target."""

Signal = NDArray[np.int16]


@dataclass(frozen=True)
class Recording:
    """One line of a manifest."""

    path: Path
    speaker: str
    source: str


def read_manifest(path: Path) -> list[Recording]:
    """The recordings of a TSV manifest with columns path and speaker; paths are relative to it.

    Raises UsageError where it is not such a manifest.
    """
    with path.open(newline="", encoding="utf-8") as file:
        rows = list(csv.DictReader(file, delimiter="\t", quoting=csv.QUOTE_NONE))
    if not rows or not {"path", "speaker"} <= rows[0].keys():
        raise UsageError(f"{path}: a training manifest is a TSV with at least the columns path and speaker")
    return [Recording(path.parent / row["path"], row["speaker"], row.get("source") or "") for row in rows]


def clean(recordings: list[Recording]) -> list[Recording]:
    """Those of a source that is not known to be degraded."""
    return [one for one in recordings if not any(source in one.source.lower() for source in DEGRADED_SOURCES)]


def refuse_shared_speakers(
    recordings: list[Recording], evaluation: list[Recording], manifest: Path, evaluated: Path
) -> None:
    """Raises UsageError where a speaker is in both: what is trained on a voice is not measured on it."""
    shared = sorted({one.speaker for one in recordings} & {one.speaker for one in evaluation})
    if shared:
        named = ", ".join(shared[:5]) + (", ..." if len(shared) > 5 else "")
        raise UsageError(
            f"{manifest}: {len(shared)} of its speakers are also in {evaluated} ({named}); "
            "take them out of one of the two"
        )


def read_audio(path: Path) -> Signal:
    """First channel at 16 kHz, [samples].

    Raises:
        UsageError: not an audio file, or one of a lower rate, which has no upper band to learn.
    """
    try:
        samples, rate = soundfile.read(path, dtype="int16", always_2d=True)
    except soundfile.LibsndfileError as error:
        raise UsageError(f"{path}: cannot be read as audio ({error})") from error
    if rate < SAMPLE_RATE:
        raise UsageError(f"{path}: {rate} Hz; training takes recordings of {SAMPLE_RATE} Hz or more")
    mono: Signal = samples[:, 0]
    return mono if rate == SAMPLE_RATE else soxr.resample(mono, rate, SAMPLE_RATE, quality="VHQ")
