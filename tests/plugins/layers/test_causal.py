"""Nothing looks ahead, and a stream in pieces is the signal at once."""

from __future__ import annotations

import pytest
import torch
from codecbench_ibpcodec.focal import CausalMean
from codecbench_layers.causal import CausalAttention, CausalConv1d, CausalConvNext, CausalResidual, streaming
from hypothesis import given, settings
from hypothesis import strategies as st
from torch import nn

LAYERS = {
    "convolution": lambda: CausalConv1d(8, 8, 5),
    "residual": lambda: CausalResidual(8, groups=2),
    "convnext": lambda: CausalConvNext(8, 7, 3, 0.5),
    "attention": lambda: CausalAttention(8, 2, window=6),
    "attention longer than the signal": lambda: CausalAttention(8, 2, window=60),
    "mean": lambda: CausalMean(6),
    "mean longer than the signal": lambda: CausalMean(60),
    "stack": lambda: nn.Sequential(CausalConvNext(8, 3, 1, 1.0), CausalAttention(8, 4, 9), CausalResidual(8)),
}


@pytest.mark.parametrize("name", LAYERS)
def test_the_past_never_changes(name: str) -> None:
    layer, frames = LAYERS[name]().eval(), torch.randn(1, 8, 30)
    with torch.no_grad():
        whole, changed = layer(frames), layer(torch.cat([frames[..., :12], torch.randn(1, 8, 18)], dim=-1))
    assert torch.allclose(whole[..., :12], changed[..., :12], atol=1e-6)
    assert not torch.allclose(whole[..., 12:], changed[..., 12:], atol=1e-3)


@pytest.mark.parametrize("name", LAYERS)
@settings(max_examples=10, deadline=None)
@given(pieces=st.lists(st.integers(1, 9), min_size=1, max_size=6))
def test_a_stream_in_pieces_is_the_signal_at_once(name: str, pieces: list[int]) -> None:
    torch.manual_seed(0)
    layer, frames = LAYERS[name]().eval(), torch.randn(1, 8, sum(pieces))
    with torch.no_grad():
        whole = layer(frames)
        for _ in range(2):  # a second stream must not remember the first
            with streaming(layer):
                streamed = torch.cat([layer(piece) for piece in frames.split(pieces, dim=-1)], dim=-1)
            assert torch.allclose(streamed, whole, atol=1e-5)


@pytest.mark.parametrize("name", LAYERS)
def test_training_computes_what_coding_does(name: str) -> None:
    """Signals within a window and beyond it: only the former are seen as a whole in training."""
    layer = LAYERS[name]()
    for frames in (1, 5, 6, 7, 30):
        signal = torch.randn(2, 8, frames)
        with torch.no_grad():
            assert torch.allclose(layer.train()(signal), layer.eval()(signal), atol=1e-5)


def test_attention_sees_its_window_and_no_more() -> None:
    layer, frames = CausalAttention(8, 2, window=6).eval(), torch.randn(1, 8, 30)
    changed = frames.clone()
    changed[..., 10] = 5.0
    with torch.no_grad():
        differs = (layer(frames) - layer(changed)).abs().amax(1)[0] > 1e-6
    assert differs.nonzero()[:, 0].tolist() == [10, 11, 12, 13, 14, 15]
