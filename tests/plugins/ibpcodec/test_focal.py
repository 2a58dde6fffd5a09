from __future__ import annotations

import torch
from codecbench_ibpcodec.focal import CausalMean, FocalBlock
from codecbench_layers.causal import streaming


def test_a_mean_is_of_the_past_as_far_as_the_window_reaches() -> None:
    frames = torch.arange(1.0, 7.0)[None, None]
    assert CausalMean(3).eval()(frames)[0, 0].tolist() == [1.0, 1.5, 2.0, 3.0, 4.0, 5.0]


def test_a_block_sees_no_future_and_streams() -> None:
    torch.manual_seed(0)
    block, frames = FocalBlock(8, (3, 5), 10, 1.25).eval(), torch.randn(1, 8, 24)
    with torch.no_grad():
        whole = block(frames)
        changed = block(torch.cat([frames[..., :10], torch.zeros(1, 8, 14)], dim=-1))
        with streaming(block):
            streamed = torch.cat([block(piece) for piece in frames.split(5, dim=-1)], dim=-1)
    assert torch.allclose(whole[..., :10], changed[..., :10], atol=1e-6)
    assert torch.allclose(whole, streamed, atol=1e-5)
