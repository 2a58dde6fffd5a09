"""FACodec's activation: its cost is counted, and it runs on any device."""

from __future__ import annotations

import pytest
import torch
from codecbench_facodec.activation import AntiAliased

from codecbench.cost.macs import count_macs


def test_a_counter_sees_both_filters() -> None:
    made, signal = AntiAliased(3).eval(), torch.randn(2, 3, 1000)
    count = count_macs(lambda: made(signal))
    assert not count.unknown
    assert count.total == pytest.approx(24 * signal.numel(), rel=0.02)


def test_a_steady_signal_passes_both_filters() -> None:
    """Both have unit gain at 0 Hz, and nothing is lost at the ends."""
    made, signal = AntiAliased(2).eval(), torch.full((1, 2, 50), 0.3)
    expected = made.act(signal)
    assert torch.allclose(made(signal), expected, atol=1e-6)


def test_what_is_not_on_a_cpu_is_filtered() -> None:
    with torch.device("meta"):
        made, signal = AntiAliased(3), torch.zeros(2, 3, 100)
    assert made(signal).shape == signal.shape
