"""From raw synthesis to a stored clip: trimmed, levelled, 16-bit FLAC."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import soundfile
from numpy.typing import NDArray

from codecbench.synthesis.synthesizer import SAMPLE_RATE

HOP = SAMPLE_RATE // 200  # 5 ms
SPEECH_FLOOR_DB = -40.0  # below the loudest frame; keeps a final "f" or "th", drops the model's breath noise
PEAK_LIMIT = 0.95


def trim(audio: NDArray[np.float32], silence_s: float) -> NDArray[np.float32]:
    """The speech with `silence_s` before and after it; zeros where the synthesis ends earlier."""
    start, stop = speech_span(audio)
    pad = round(silence_s * SAMPLE_RATE)
    padded = np.pad(audio, pad)
    kept = padded[start : stop + 2 * pad].copy()
    ramp = np.linspace(0.0, 1.0, HOP, dtype=np.float32)
    kept[:HOP] *= ramp
    kept[-HOP:] *= ramp[::-1]
    return kept


def speech_span(audio: NDArray[np.float32]) -> tuple[int, int]:
    frames = audio[: len(audio) // HOP * HOP].reshape(-1, HOP)
    level_db = 10 * np.log10(np.mean(frames**2, axis=1) + 1e-12)
    loud = np.flatnonzero(level_db > level_db.max() + SPEECH_FLOOR_DB)
    return int(loud[0]) * HOP, int(loud[-1] + 1) * HOP


def at_level(audio: NDArray[np.float32], level_dbfs: float) -> NDArray[np.float32]:
    """RMS over the speech span set to `level_dbfs`, less where the peak would pass the limit."""
    start, stop = speech_span(audio)
    rms = np.sqrt(np.mean(audio[start:stop].astype(np.float64) ** 2))
    gain = min(10 ** (level_dbfs / 20) / rms, PEAK_LIMIT / np.abs(audio).max())
    levelled: NDArray[np.float32] = (audio * np.float32(gain)).astype(np.float32)
    return levelled


def quantized(audio: NDArray[np.float32]) -> NDArray[np.int16]:
    return np.round(audio * 32767.0).astype(np.int16)


def write(path: Path, audio: NDArray[np.float32]) -> None:
    soundfile.write(path, quantized(audio), SAMPLE_RATE, subtype="PCM_16", format="FLAC", compression_level=1.0)
