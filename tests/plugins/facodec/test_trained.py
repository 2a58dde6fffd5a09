"""What FACodec's reference weights have learned: prosody tells pitch."""

from __future__ import annotations

import csv
from importlib.resources import files
from pathlib import Path

import numpy as np
import pytest
import torch
from codecbench_facodec import REFERENCE, build
from scipy.linalg import lstsq

from codecbench.api import Audio, CodecOptions
from codecbench.audio import source_signal
from codecbench.weights import resolve

POINT = REFERENCE.points[-1]
HOP = 200


@pytest.fixture(scope="module")
def codec():
    return build(CodecOptions("reference", resolve(REFERENCE)))


@pytest.fixture(scope="module")
def clips() -> list[Audio]:
    """Speech of eight voices."""
    probe = Path(str(files("codecbench.datasets") / "speech" / "probe"))
    with (probe / "manifest.tsv").open(newline="") as file:
        rows = list(csv.DictReader(file, delimiter="\t"))
    return [source_signal(probe / row["path"]) for row in rows]


def pitch(samples: np.ndarray) -> np.ndarray:
    """log2 of the pitch of each frame of 200 samples, NaN where there is none: normalised autocorrelation."""
    frames = np.lib.stride_tricks.sliding_window_view(np.pad(samples, (300, 600)), 800)[::HOP].astype(np.float64)
    frames = frames - frames.mean(axis=1, keepdims=True)
    power = np.sum(frames**2, axis=1)
    lags = np.arange(40, 230)
    products = np.fft.irfft(np.abs(np.fft.rfft(frames, 1600)) ** 2)[:, lags]
    strength = products / (800 - lags) / np.maximum(power, 1e-2)[:, None] * 800
    first = np.argmax(strength > 0.9 * strength.max(axis=1, keepdims=True), axis=1)
    return np.where((power >= 1e-2) & (strength.max(axis=1) > 0.6), np.log2(16000 / lags[first]), np.nan)


def features(codec, audio: Audio) -> np.ndarray:
    """The prosody codes' vectors [frames, 5 * 96], with two neighbours on either side."""
    codes = torch.from_numpy(codec.codes(codec.encode(audio, POINT), POINT)[None, :1])
    with torch.no_grad():
        vectors = codec.model.quantizer.streams[0].decode(codes)[0].T.numpy()
    padded = np.pad(vectors, ((2, 2), (0, 0)), mode="edge")
    return np.concatenate([padded[shift : shift + len(vectors)] for shift in range(5)], axis=1)


def test_the_prosody_code_alone_predicts_pitch(codec, clips: list[Audio]) -> None:
    """A linear fit on half of the clips, judged on the other: far better than the mean."""
    sets = []
    for chosen in (clips[0::2], clips[1::2]):
        inputs, targets = [], []
        for clip in chosen:
            track, codes = pitch(clip.samples[0]), features(codec, clip)
            length = min(len(track), len(codes))
            voiced = ~np.isnan(track[:length])
            inputs.append(codes[:length][voiced])
            targets.append(track[:length][voiced])
        sets.append((np.concatenate(inputs), np.concatenate(targets)))
    (train, known), (test, hidden) = sets
    centre, mean = train.mean(0), known.mean()
    ridge = np.sqrt(len(train)) * 0.1 * np.eye(train.shape[1])
    weights = lstsq(np.vstack([train - centre, ridge]), np.concatenate([known - mean, np.zeros(len(ridge))]))[0]
    error = hidden - mean - (test - centre) @ weights
    explained = 1 - np.var(error) / np.var(hidden)
    print(f"prosody explains {explained:.2f} of the variance of log pitch in {len(hidden)} frames")
    assert explained > 0.25
