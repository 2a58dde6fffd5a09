from __future__ import annotations

import pytest
import torch
from codecbench_layers.causal import streaming
from codecbench_layers.stft import CausalStft
from torch import nn


@pytest.mark.parametrize(
    ("n_fft", "window", "hop"), [(720, 720, 240), (1024, 640, 320), (320, 320, 160), (512, 512, 64)]
)
def test_the_transform_is_undone(n_fft: int, window: int, hop: int) -> None:
    transform, audio = CausalStft(n_fft, window, hop), torch.randn(2, 20 * hop)
    spectrum = transform.analyze(audio)
    assert spectrum.shape == (2, n_fft // 2 + 1, 20 + window // hop - 1)
    assert torch.allclose(transform.synthesize(spectrum), audio, atol=1e-5)


def test_the_transform_streams() -> None:
    analysis, synthesis, audio = CausalStft(48, 48, 16), CausalStft(48, 48, 16), torch.randn(1, 16 * 12)
    whole = analysis.analyze(audio)
    with streaming(nn.ModuleList([analysis, synthesis])):
        pieces = [analysis.analyze(piece) for piece in torch.cat([audio, torch.zeros(1, 32)], -1).split(16 * 3, -1)]
        assert torch.allclose(torch.cat(pieces, -1), whole, atol=1e-5)
        streamed = torch.cat([synthesis.synthesize(piece) for piece in pieces], -1)
    assert torch.allclose(streamed[:, synthesis.history :], audio, atol=1e-5)


def test_a_window_that_does_not_fit_is_refused() -> None:
    with pytest.raises(ValueError, match="multiple of the hop"):
        CausalStft(512, 500, 240)


@pytest.mark.parametrize("hann", [False, True])
def test_a_frame_ends_where_its_last_sample_does(hann: bool) -> None:
    transform, audio = CausalStft(64, 64, 16, hann), torch.zeros(1, 160)
    audio[:, 80] = 1.0
    seen = transform.analyze(audio).abs().sum(1)[0] > 0
    assert seen.nonzero()[:, 0].tolist() == [5, 6, 7, 8]
