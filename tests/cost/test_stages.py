from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

import numpy as np
import pytest

from codecbench.api import Audio, OperatingPoint

torch = pytest.importorskip("torch")

from codecbench.cost.stages import measure_stages, quadratic_macs  # noqa: E402

POINT = OperatingPoint(1.0)


class Layers:
    """A convolution, attention over frames of 100 samples, and a transform that nobody counts."""

    def __init__(self) -> None:
        self.layer = torch.nn.Conv1d(1, 4, 5, padding=2)

    def parameters(self) -> int:
        return 24

    def stages(self, audio: Audio, point: OperatingPoint) -> Mapping[str, Callable[[], Any]]:
        x = torch.from_numpy(audio.samples)[None]
        frames = torch.randn(1, 1, audio.length // 100, 8)
        attend = torch.nn.functional.scaled_dot_product_attention
        return {
            "encoder": lambda: self.layer(torch.fft.irfft(torch.fft.rfft(x), n=audio.length)),
            "decoder": lambda: (attend(frames, frames, frames), torch.fft.rfft(x)),
        }


def test_macs_are_per_second_of_audio_and_what_is_not_counted_is_summed_over_stages() -> None:
    costs = measure_stages(Layers(), Audio.mono(np.zeros(3000), 1000), POINT)
    assert costs.parameters == 24
    assert costs.macs_per_s == {"encoder": 1000 * 4 * 5, "decoder": 2 * 30 * 30 * 8 / 3}
    assert costs.unknown == ()
    assert costs.not_counted == {"aten._fft_r2c": 2, "aten._fft_c2r": 1}


def test_only_attention_grows_with_the_square_of_time() -> None:
    growth = quadratic_macs(Layers(), Audio.mono(np.zeros(3000), 1000), POINT)
    assert growth == {"encoder": 0, "decoder": 2 * 10 * 10 * 8}
