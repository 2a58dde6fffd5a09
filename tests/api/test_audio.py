from __future__ import annotations

import numpy as np
import pytest

from codecbench.api import Audio


@pytest.mark.parametrize("shape", [(8,), (1, 2, 8), ()])
def test_other_shapes_are_refused_with_the_shape(shape: tuple[int, ...]) -> None:
    with pytest.raises(ValueError, match=r"must be \[channels, samples\], got shape"):
        Audio(np.zeros(shape, np.float32), 16000)


def test_samples_become_contiguous_floats_and_keep_their_order() -> None:
    interleaved = np.arange(8, dtype=np.float64).reshape(4, 2)
    audio = Audio(interleaved.T, 8000)
    assert (audio.channels, audio.length, audio.seconds) == (2, 4, 0.0005)
    assert audio.samples.dtype == np.float32
    assert audio.samples.flags.c_contiguous
    assert audio.samples.tolist() == [[0, 2, 4, 6], [1, 3, 5, 7]]


def test_nothing_is_a_signal_too() -> None:
    assert (Audio.mono(np.zeros(0), 16000).length, Audio.mono(np.zeros(0), 16000).seconds) == (0, 0.0)


@pytest.mark.parametrize(
    ("samples", "said"),
    [
        (np.zeros((1, 4), np.int16), r"got int16; write samples\.astype\(np\.float32\) / 32768"),
        (np.zeros((1, 4), np.uint8), r"got uint8; write \(samples\.astype\(np\.float32\) - 128\) / 128"),
        (np.zeros((1, 4), complex), "got complex128$"),
        (np.zeros((1, 4), bool), "got bool$"),
        (np.zeros((1, 4), object), "got object$"),
        ([[0.0]], r"must be a numpy array, got list; write np\.array\(samples\)"),
    ],
)
def test_other_kinds_are_refused_with_the_line_to_write(samples: object, said: str) -> None:
    with pytest.raises(TypeError, match=said):
        Audio(samples, 16000)  # type: ignore[arg-type]


def test_a_tensor_is_refused_with_the_line_to_write() -> None:
    torch = pytest.importorskip("torch")
    with pytest.raises(TypeError, match=r"got Tensor; write samples\.detach\(\)\.cpu\(\)\.numpy\(\)"):
        Audio.mono(torch.zeros(8), 16000)


@pytest.mark.parametrize("rate", [24e3, "16000", None, True])
def test_a_rate_is_a_whole_number(rate: object) -> None:
    with pytest.raises(TypeError, match="a sample rate must be a whole number of Hz"):
        Audio.mono(np.zeros(4), rate)  # type: ignore[arg-type]


@pytest.mark.parametrize("rate", [0, -16000])
def test_a_rate_is_positive(rate: int) -> None:
    with pytest.raises(ValueError, match="a sample rate must be positive"):
        Audio.mono(np.zeros(4), rate)


def test_peak_and_the_share_that_full_scale_clips() -> None:
    audio = Audio.mono(np.array([0.5, -2.0, 1.0, 1.5]), 16000)
    assert (audio.peak, audio.clipped) == (2.0, 0.5)
    nothing = Audio.mono(np.zeros(0), 16000)
    assert (nothing.peak, nothing.clipped) == (0.0, 0.0)
