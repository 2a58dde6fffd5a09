"""Speech that the decoder made up where the original has none, by a voice activity detector.

The detector is Silero VAD (version 6, MIT), the ONNX file that faster-whisper ships. It returns a probability of speech
for each 32 ms. 0.5, and 0.15 less to end a stretch of speech, are its authors' thresholds.
"""

from __future__ import annotations

from functools import cache
from typing import Any

import numpy as np
from numpy.typing import NDArray

from codecbench.api import Abstain, Audio, MetricCard, Sample, Score, Unavailable
from codecbench.metrics.packaged import model_id
from codecbench.metrics.pair import RATE, Signal, checked_pair, checked_signal

FRAME = 512
FRAME_S = FRAME / RATE
SPEECH = 0.5
NON_SPEECH = 0.35
GUARD_FRAMES = 6
"""0.19 s on either side of the original's speech: the detector's own hangover, pre-echo and reverberation."""
SHORTEST_FRAMES = 3
"""0.1 s: a shorter run of frames is not a syllable."""
SHORTEST_NON_SPEECH_S = 0.25


@cache
def detector_id() -> str:
    """E.g. `silero-v6@faster-whisper-1.2.1`; `missing` in place of the version where the package is not installed."""
    return model_id("silero-v6", "faster-whisper")


CARD = MetricCard(
    id="speech_in_silence",
    title="in silence",
    version="1",
    description="Speech detected in the decoded where the original has none: seconds per minute of its non-speech.",
    unit="s/min",
    higher_is_better=False,
    low=0.0,
    high=60.0,
    pooling="ratio",
    parameters={
        "detector": detector_id(), "speech": SPEECH, "non_speech": NON_SPEECH, "guard_frames": GUARD_FRAMES,
        "shortest_frames": SHORTEST_FRAMES,
    },
)  # fmt: skip

Frames = NDArray[np.bool_]
"""[frames of 32 ms]"""


class SpeechInSilence:
    """Seconds of false speech per minute of non-speech.

    Non-speech are the frames of the original with a probability under 0.35 and no frame at or above it within 0.19 s.
    False speech are the frames among them where the decoded has at least 0.5, in runs of at least three (0.1 s).
    A silent original is all non-speech. The detail has the seconds of both, and where each run of false speech is.
    """

    def __init__(self) -> None:
        self._detector = load_detector()

    def prepare(self, reference: Audio) -> list[int]:
        """The original's non-speech, a 0 or 1 for each frame."""
        probabilities = speech_probabilities(self._detector, checked_signal(reference, "reference"))
        return [int(frame) for frame in non_speech(probabilities)]

    def score(self, sample: Sample) -> Score:
        """Abstains where the original has less than 0.25 s of non-speech."""
        pair = checked_pair(sample)
        prepared = self.prepare(sample.reference) if sample.prepared is None else sample.prepared
        quiet = np.array(prepared, dtype=bool)
        seconds = float(quiet.sum()) * FRAME_S
        if seconds < SHORTEST_NON_SPEECH_S:
            raise Abstain(f"the original has less than {SHORTEST_NON_SPEECH_S:g} s of non-speech")
        speech = false_speech(quiet, speech_probabilities(self._detector, pair.decoded))
        detail = {
            "false_speech_s": float(speech.sum()) * FRAME_S,
            "non_speech_s": seconds,
            "runs_s": [[start * FRAME_S, stop * FRAME_S] for start, stop in _runs(speech)],
        }
        return Score(float(speech.sum()) * FRAME_S, seconds / 60, detail)


def load_detector() -> Any:
    """Raises Unavailable where faster-whisper or onnxruntime is not installed."""
    try:
        from faster_whisper.vad import get_vad_model

        return get_vad_model()
    except (ImportError, RuntimeError) as error:
        raise Unavailable(f"speech detection needs faster-whisper ({error}): pip install 'codecbench[asr]'") from error


def speech_probabilities(detector: Any, signal: Signal) -> NDArray[np.float64]:
    """The detector's probability of speech for each 32 ms of `signal` [samples], the last frame filled with zeros."""
    if not len(signal):
        return np.zeros(0)
    padded = np.pad(signal, (0, -len(signal) % FRAME)).astype(np.float32)
    return np.asarray(detector(padded), dtype=np.float64).reshape(-1)


def non_speech(probabilities: NDArray[np.float64]) -> Frames:
    """The frames that are neither speech nor within the guard of it."""
    speech = probabilities >= NON_SPEECH
    if not len(speech):
        return speech
    near = np.convolve(speech, np.ones(2 * GUARD_FRAMES + 1), mode="full")[GUARD_FRAMES : GUARD_FRAMES + len(speech)]
    quiet: Frames = near < 0.5
    return quiet


def false_speech(quiet: Frames, probabilities: NDArray[np.float64]) -> Frames:
    """The frames of `quiet` where `probabilities`, of the decoded, say speech, in runs long enough."""
    candidates = quiet & (probabilities >= SPEECH)
    speech = np.zeros_like(candidates)
    for start, stop in _runs(candidates):
        speech[start:stop] = stop - start >= SHORTEST_FRAMES
    return speech


def _runs(frames: Frames) -> list[tuple[int, int]]:
    edges = np.flatnonzero(np.diff(np.concatenate([[False], frames, [False]]).astype(np.int8)))
    return [(int(start), int(stop)) for start, stop in edges.reshape(-1, 2)]
