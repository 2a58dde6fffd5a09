"""How alike two voices are: cosine of Resemblyzer embeddings.

Only the weights file of the package is read: the package itself does not import beside a recent setuptools.
"""

import importlib.util
from pathlib import Path

import numpy as np
import soxr
import torch
from numpy.typing import NDArray
from torch import nn

from codecbench.synthesis.synthesizer import SAMPLE_RATE

RATE = 16_000
FFT, HOP, MELS = 400, 160, 40
PARTIAL, STRIDE = 160, 80  # frames: 1.6 s windows, half overlapping
LEVEL_DBFS = -30.0


class SpeakerEncoder:
    def __init__(self) -> None:
        spec = importlib.util.find_spec("resemblyzer")
        if spec is None or spec.origin is None:
            raise ModuleNotFoundError("resemblyzer is not installed: pip install resemblyzer")
        weights = Path(spec.origin).parent / "pretrained.pt"
        state = torch.load(weights, map_location="cpu", weights_only=True)["model_state"]
        self.lstm = nn.LSTM(MELS, 256, 3, batch_first=True)
        self.linear = nn.Linear(256, 256)
        self.lstm.load_state_dict(_under("lstm.", state))
        self.linear.load_state_dict(_under("linear.", state))
        self.filters = mel_filters()

    @torch.no_grad()
    def embed(self, audio: NDArray[np.float32]) -> NDArray[np.float32]:
        """`[256]`, unit length."""
        mel = torch.from_numpy(self._mel(audio))  # [frames, mels]
        starts = range(0, max(1, len(mel) - PARTIAL + 1), STRIDE)
        last = [self.lstm(mel[None, start : start + PARTIAL])[1][0][-1] for start in starts]  # [1, hidden] each
        partials = torch.relu(self.linear(torch.cat(last)))  # [partials, 256]
        mean = (partials / partials.norm(dim=1, keepdim=True)).mean(0)
        embedding: NDArray[np.float32] = (mean / mean.norm()).numpy()
        return embedding

    def _mel(self, audio: NDArray[np.float32]) -> NDArray[np.float32]:
        wide = soxr.resample(audio, SAMPLE_RATE, RATE)
        wide = wide * 10 ** (LEVEL_DBFS / 20) / np.sqrt(np.mean(wide**2))
        frames = np.lib.stride_tricks.sliding_window_view(np.pad(wide, FFT // 2), FFT)[::HOP]
        window = 0.5 - 0.5 * np.cos(2 * np.pi * np.arange(FFT) / FFT)
        power = np.abs(np.fft.rfft(frames * window)) ** 2
        return (power @ self.filters.T).astype(np.float32)


def _under(prefix: str, state: dict[str, torch.Tensor]) -> dict[str, torch.Tensor]:
    return {key.removeprefix(prefix): value for key, value in state.items() if key.startswith(prefix)}


def mel_filters() -> NDArray[np.float64]:
    """`[mels, bins]`: the Slaney scale with area-normalized triangles, as the embedding was trained with."""
    edges = _hz(np.linspace(0.0, _mel(RATE / 2), MELS + 2))
    bins = np.linspace(0.0, RATE / 2, FFT // 2 + 1)
    rising = (bins - edges[:-2, None]) / np.diff(edges)[:-1, None]
    falling = (edges[2:, None] - bins) / np.diff(edges)[1:, None]
    triangles: NDArray[np.float64] = np.maximum(0.0, np.minimum(rising, falling))
    return triangles * (2.0 / (edges[2:] - edges[:-2]))[:, None]


# The Slaney scale: linear below 1 kHz (15 mel), logarithmic above, 27 mel for a factor of 6.4.
def _mel(hz: float) -> float:
    return hz * 3 / 200 if hz < 1000 else 15.0 + 27.0 * float(np.log(hz / 1000) / np.log(6.4))


def _hz(mel: NDArray[np.float64]) -> NDArray[np.float64]:
    return np.where(mel < 15.0, mel * 200 / 3, 1000.0 * 6.4 ** ((mel - 15.0) / 27.0))
