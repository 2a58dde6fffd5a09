from __future__ import annotations

import numpy as np
import pytest

from codecbench.api import Audio


@pytest.mark.parametrize("shape", [(8,), (1, 2, 8), ()])
def test_other_shapes_are_refused_with_the_shape(shape: tuple[int, ...]) -> None:
    with pytest.raises(ValueError, match=r"must be \[channels, samples\], got shape"):
        Audio(np.zeros(shape, np.float32), 16000)


def test_samples_become_contiguous_floats_and_keep_their_order() -> None:
    interleaved = np.arange(8, dtype=np.int16).reshape(4, 2)
    audio = Audio(interleaved.T, 8000)
    assert (audio.channels, audio.length, audio.seconds) == (2, 4, 0.0005)
    assert audio.samples.dtype == np.float32
    assert audio.samples.flags.c_contiguous
    assert audio.samples.tolist() == [[0, 2, 4, 6], [1, 3, 5, 7]]


def test_nothing_is_a_signal_too() -> None:
    assert (Audio.mono(np.zeros(0), 16000).length, Audio.mono(np.zeros(0), 16000).seconds) == (0, 0.0)
