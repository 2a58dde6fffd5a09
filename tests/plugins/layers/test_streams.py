from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pytest

torch = pytest.importorskip("torch")

from codecbench_layers.streams import LayerKinds, PiecewiseDecoder, remembering  # noqa: E402
from torch import Tensor, nn  # noqa: E402
from torch.nn import functional as F  # noqa: E402


class Padded(nn.Module):
    """A library's causal convolution: it pads its beginning, and forgets."""

    def __init__(self, kernel: int, mode: str = "constant", dilation: int = 1) -> None:
        super().__init__()
        self.conv = nn.Conv1d(2, 2, kernel, dilation=dilation)
        self.padding_total, self.pad_mode = (kernel - 1) * dilation, mode

    def forward(self, frames: Tensor) -> Tensor:
        convolved: Tensor = self.conv(F.pad(frames, (self.padding_total, 0), self.pad_mode))
        return convolved


class Trimmed(nn.Module):
    def __init__(self, stride: int) -> None:
        super().__init__()
        self.conv = nn.ConvTranspose1d(2, 2, 2 * stride, stride)

    def forward(self, frames: Tensor) -> Tensor:
        spread: Tensor = self.conv(frames)
        return spread[..., : -self.conv.stride[0]]


class Recurrent(nn.Module):
    def __init__(self) -> None:
        super().__init__()
        self.lstm = nn.LSTM(2, 2, 2)

    def forward(self, frames: Tensor) -> Tensor:
        steps = frames.permute(2, 0, 1)
        summed: Tensor = (self.lstm(steps)[0] + steps).permute(1, 2, 0)
        return summed


KINDS = LayerKinds(Padded, Trimmed, Recurrent)


def network(mode: str) -> nn.Sequential:
    torch.manual_seed(0)
    return nn.Sequential(Padded(7, mode), Recurrent(), Trimmed(4), Padded(3, mode, 2), Trimmed(2), Padded(5, mode))


def decoder(model: nn.Module) -> Callable[[Tensor], Tensor]:
    return lambda codes: model(codes.float())


@pytest.mark.parametrize("size", [1, 2, 5, 40])
@pytest.mark.parametrize(("mode", "least"), [("constant", 1), ("reflect", 7)])
def test_pieces_of_any_size_join_to_the_whole(mode: str, least: int, size: int) -> None:
    model = network(mode)
    codes = np.random.default_rng(0).integers(0, 9, (2, 40))
    with torch.no_grad():
        whole = decoder(model)(torch.from_numpy(codes)[None])[0].numpy()
    stream = PiecewiseDecoder(decoder(model), remembering(model, KINDS), 16000, least=least)
    parts = [stream.push(codes[:, start : start + size]) for start in range(0, 40, size)]
    parts.append(stream.finish())
    joined = np.concatenate([part.samples for part in parts if part.length], axis=1)
    assert np.abs(joined - whole).max() < 1e-5
    with torch.no_grad():
        assert np.array_equal(decoder(model)(torch.from_numpy(codes)[None])[0].numpy(), whole)


def test_what_is_shorter_than_the_first_piece_comes_at_the_end() -> None:
    model = network("constant")
    stream = PiecewiseDecoder(decoder(model), remembering(model, KINDS), 16000, channels=2, least=7)
    assert stream.push(np.ones((2, 3))).length == 0
    assert stream.finish().length == 3 * 8
    with pytest.raises(RuntimeError, match="finished"):
        stream.finish()


def test_samples_from_before_the_signal_are_dropped() -> None:
    stream = PiecewiseDecoder(lambda codes: codes.float().repeat_interleave(4, -1), lambda: None, 16000, skip=6)
    lengths = [stream.push(np.ones((1, 1))).length for _ in range(3)]
    assert lengths == [0, 2, 4]
