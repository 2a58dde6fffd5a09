"""The predictor with gradients: in floating point what `codecbench_predictive.predictor` does with whole numbers."""

from __future__ import annotations

import math

import numpy as np
import torch
from codecbench_predictive.config import PredictorConfiguration
from codecbench_predictive.fixed import ONE
from numpy.typing import NDArray
from torch import Tensor, nn
from torch.nn import functional as F

BITS = math.log(2)
"""Nats of a bit: logits are powers of 2."""


class PredictorNetwork(nn.Module):
    """Weights are called as `PredictorConfiguration.shapes` calls them, with `_` for dots."""

    vectors: Tensor

    def __init__(self, configuration: PredictorConfiguration, vectors: NDArray[np.float64]) -> None:
        super().__init__()
        self.configuration = configuration
        self.register_buffer("vectors", torch.from_numpy(vectors.astype(np.float32)))
        for name, shape in configuration.shapes.items():
            start = torch.randn(shape) / shape[-1] ** 0.5 if len(shape) > 1 else torch.zeros(shape)
            if name in ("code.bias", "query.bias", "query", "past.count", "joined.bias"):
                start = start * 0.0 if name != "query" else start * 0.1
            self.register_parameter(name.replace(".", "_"), nn.Parameter(start))

    def weights(self) -> dict[str, Tensor]:
        """As a file of weights holds them: multiples of 1/4096 in half precision, which holds these exactly."""
        return {
            name: (torch.round(self._of(name).detach() * ONE) / ONE).half().contiguous()
            for name in self.configuration.shapes
        }  # fmt: skip

    def forward(self, codes: Tensor, chosen: Tensor) -> Tensor:
        """Of `codes` [batch, codebooks in use, frames], bits per code [batch, chosen, frames] of the `chosen` ones."""
        batch, books, frames = codes.shape
        parts = self.vectors[torch.arange(books)[:, None, None], codes.transpose(0, 1)]  # [books, batch, frames, dim]
        sums = parts.cumsum(0)
        latest = F.pad(sums[-1], (0, 0, 1, 0))[:, :frames]  # [batch, frames, dim], of the frame before
        states = self._states(latest, books)
        joined = states @ self._of("joined.state").T + latest @ self._of("joined.latest").T
        coarser = torch.cat([torch.zeros_like(sums[:1]), sums[:-1]])[chosen]  # [chosen, batch, frames, dim]
        inner = softsign(
            joined[None] + coarser @ self._of("joined.coarser").T + self._of("joined.bias")[chosen][:, None, None]
        )
        query = torch.einsum("kbti,kqi->kbtq", inner, self._of("query")[chosen])
        query = query + self._of("query.bias")[chosen][:, None, None]
        projected = self.vectors[chosen] @ self._of("projection")[chosen].transpose(1, 2)  # [chosen, codes, features]
        features = torch.cat([projected, projected.square()], dim=2)
        logits = torch.einsum("kbtq,kcq->kbtc", query, features) + self._of("code.bias")[chosen][:, None, None]
        nats = F.cross_entropy(
            (logits * BITS).flatten(0, 2), codes.transpose(0, 1)[chosen].flatten(), reduction="none"
        )  # fmt: skip
        return (nats / BITS).view(len(chosen), batch, frames).transpose(0, 1)

    def _states(self, latest: Tensor, books: int) -> Tensor:
        """The recurrent layer's state at the beginning of each frame [batch, frames, state]."""
        given = (latest - self._of("offset")) @ self._of("past.input").T
        given = given + self._of("past.bias") + self._of("past.count")[books - 1]
        state = latest.new_zeros(len(latest), self.configuration.state)
        kept = self._of("past.state").T
        states = [state]
        for frame in range(1, latest.shape[1]):  # frame 0 has no past
            reset, update, new = given[:, frame].chunk(3, dim=1)
            reset_kept, update_kept, new_kept = (state @ kept).chunk(3, dim=1)
            opened = (1 + softsign(reset + reset_kept)) / 2
            changed = (1 + softsign(update + update_kept)) / 2
            state = state + changed * (softsign(new + opened * new_kept) - state)
            states.append(state)
        return torch.stack(states, dim=1)

    def _of(self, name: str) -> Tensor:
        return self.get_parameter(name.replace(".", "_"))


def softsign(values: Tensor) -> Tensor:
    return values / (1 + values.abs())
