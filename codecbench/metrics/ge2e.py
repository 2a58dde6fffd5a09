"""The speaker encoder of Resemblyzer 0.1 (GE2E: Wan, Wang, Papir and Lopez Moreno, ICASSP 2018), by its weights alone.

The package itself imports webrtcvad, which does not import beside a recent setuptools, and librosa: neither is needed
to embed. Its weights file is found without executing the package and read without unpickling code.

What `embed_utterance` computes is kept: 40 mel bands of squared magnitude (25 ms Hann windows every 10 ms), partial
utterances of 1.6 s at 1.3 per second, the last one dropped if less than 75 % of it is covered, three LSTM layers of
256, the last hidden state through a linear layer and ReLU, unit length; the mean over partials, unit length again. Of
`preprocess_wav` the level is kept (raised to −30 dBFS, never lowered), the trimming of silences is not: its voice
activity detector would decide differently on original and decoded.
"""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from codecbench.api import Unavailable
from codecbench.metrics.mel import magnitudes, mel_filters
from codecbench.metrics.packaged import package_file
from codecbench.metrics.pair import Signal

if TYPE_CHECKING:
    import torch

RATE = 16000
WINDOW, HOP, BANDS = 400, 160, 40
HIDDEN, LAYERS = 256, 3
PARTIAL_FRAMES = 160
PARTIALS_PER_S = 1.3
COVERAGE = 0.75
TARGET_DBFS = -30.0


def weights_file() -> Path:
    """Resemblyzer's `pretrained.pt`. Raises Unavailable where the package is not installed."""
    what = "speaker similarity needs Resemblyzer's weights"
    return package_file("resemblyzer", "pretrained.pt", "'codecbench[speaker]'", what)


class SpeakerEncoder:
    """Embeddings [256] of unit length, no component negative."""

    def __init__(self, weights: Path) -> None:
        try:
            import torch
        except ImportError as error:
            raise Unavailable(f"speaker similarity needs torch: pip install 'codecbench[speaker]' ({error})") from error
        state = torch.load(weights, map_location="cpu", weights_only=True)["model_state"]
        self._lstm = torch.nn.LSTM(BANDS, HIDDEN, LAYERS, batch_first=True)
        self._linear = torch.nn.Linear(HIDDEN, HIDDEN)
        self._lstm.load_state_dict(_part(state, "lstm."))
        self._linear.load_state_dict(_part(state, "linear."))

    def embed(self, signal: Signal) -> NDArray[np.float32]:
        """The embedding of `signal` [samples] at 16 kHz, which must not be silent."""
        import torch

        starts = partial_starts(len(signal))
        padded = np.pad(raise_level(signal), (0, max(0, (starts[-1] + PARTIAL_FRAMES) * HOP - len(signal))))
        mel = np.square(magnitudes(padded, WINDOW, HOP)) @ mel_filters(BANDS, WINDOW).T  # [frames, bands]
        partials = np.stack([mel[start : start + PARTIAL_FRAMES] for start in starts]).astype(np.float32)
        with torch.no_grad():
            _, (hidden, _) = self._lstm(torch.from_numpy(partials))  # hidden [layers, partials, 256]
            raw = torch.relu(self._linear(hidden[-1]))
            embeddings = (raw / raw.norm(dim=1, keepdim=True)).numpy()  # [partials, 256]
        mean = embeddings.mean(axis=0)
        embedding: NDArray[np.float32] = mean / np.linalg.norm(mean)
        return embedding


def partial_starts(samples: int) -> list[int]:
    """First frames of the partial utterances of a signal of `samples` samples, at least one.

    >>> partial_starts(16000), partial_starts(3 * 16000)
    ([0], [0, 77, 154])
    """
    step = round(RATE / PARTIALS_PER_S / HOP)
    frames = -(-(samples + 1) // HOP)
    starts = list(range(0, max(1, frames - PARTIAL_FRAMES + step + 1), step))
    covered = (samples - starts[-1] * HOP) / (PARTIAL_FRAMES * HOP)
    return starts[:-1] if covered < COVERAGE and len(starts) > 1 else starts


def raise_level(signal: Signal) -> Signal:
    """`signal` amplified to an RMS of −30 dBFS if it is below."""
    level = 10 * np.log10(np.mean(np.square(signal)))
    gain = 10 ** (max(0.0, TARGET_DBFS - float(level)) / 20)
    raised: Signal = signal * gain
    return raised


def _part(state: dict[str, torch.Tensor], prefix: str) -> dict[str, torch.Tensor]:
    return {name.removeprefix(prefix): value for name, value in state.items() if name.startswith(prefix)}
