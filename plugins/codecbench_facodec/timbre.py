"""The timbre encoder: a transformer over the utterance's latents, averaged over time to one vector."""

from __future__ import annotations

import torch
from torch import Tensor, nn
from torch.nn import functional as F


class FeedForward(nn.Module):
    """A convolution in time, then a linear layer (Ren et al. 2019, "FastSpeech", section 3.1)."""

    def __init__(self, dimension: int, width: int, kernel: int) -> None:
        super().__init__()
        self.ffn_1 = nn.Conv1d(dimension, width, kernel, padding=kernel // 2)
        self.ffn_2 = nn.Linear(width, dimension)

    def forward(self, sequence: Tensor) -> Tensor:
        """[batch, frames, dimension], shape kept."""
        out: Tensor = self.ffn_2(F.relu(self.ffn_1(sequence.transpose(1, 2)).transpose(1, 2)))
        return out


class TransformerLayer(nn.Module):
    """Normalised before attention and feed-forward; names as in the official state dict."""

    def __init__(self, dimension: int, heads: int, width: int, kernel: int) -> None:
        super().__init__()
        self.ln_1 = nn.LayerNorm(dimension)
        self.self_attn = nn.MultiheadAttention(dimension, heads, batch_first=True)
        self.ln_2 = nn.LayerNorm(dimension)
        self.ffn = FeedForward(dimension, width, kernel)

    def forward(self, sequence: Tensor) -> Tensor:
        normal = self.ln_1(sequence)
        sequence = sequence + self.self_attn(normal, normal, normal, need_weights=False)[0]
        out: Tensor = sequence + self.ffn(self.ln_2(sequence))
        return out


class TimbreEncoder(nn.Module):
    """Latents [batch, dimension, frames] to a timbre [batch, dimension]; rows beyond the dimension are not its own."""

    position: Tensor

    def __init__(self, dimension: int, layers: int, heads: int, width: int, kernel: int) -> None:
        super().__init__()
        self.dimension = dimension
        self.layers = nn.ModuleList(TransformerLayer(dimension, heads, width, kernel) for _ in range(layers))
        self.last_ln = nn.LayerNorm(dimension)
        # The original numbers the items of a batch where it means to number frames: every frame of its first, and at
        # inference only, item gets position 0, that is sin 0 and cos 0 in turn. The released weights expect that.
        self.register_buffer("position", torch.arange(dimension) % 2, persistent=False)

    def forward(self, latents: Tensor) -> Tensor:
        sequence = latents[:, : self.dimension].transpose(1, 2) + self.position
        for layer in self.layers:
            sequence = layer(sequence)
        timbre: Tensor = self.last_ln(sequence).mean(dim=1)
        return timbre
