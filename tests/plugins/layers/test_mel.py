from __future__ import annotations

import pytest
import torch
from codecbench_layers.mel import mel_filters


@pytest.mark.parametrize(("window", "bands"), [(2048, 128), (256, 64), (128, 100)])
def test_no_band_is_empty_and_each_sums_to_one(window: int, bands: int) -> None:
    filters = mel_filters(16000, window, bands)
    assert filters.shape == (bands, window // 2 + 1)
    assert torch.allclose(filters.sum(1), torch.ones(bands), atol=1e-5)
    assert filters.min() >= 0


def test_bands_rise_and_widen() -> None:
    filters = mel_filters(16000, 2048, 40)
    centres = filters @ torch.arange(1025.0)
    assert (centres.diff() > 0).all()
    widths = (filters > 0).sum(1)
    assert widths[-1] > 4 * widths[0]
