"""Quantizers with gradients: what the codecs' inference-only quantizers are trained by.

Each takes latents [batch, dimension, frames] and the number of codebooks to use per item [batch] (quantizer dropout),
and returns the quantized latents with a straight-through gradient and its own loss.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import torch
from torch import Tensor, nn

from codecbench_layers.codebooks import nearest_code

DEAD = 0.2
"""A code whose average use is below this share of the uniform use is given a new place."""

WARM_UP = 100
"""Updates during which latents pass unquantized, so that they mean something when the codebooks are placed."""
KEPT = 32
"""Batches of latents that k-means places the first codebooks by."""
SPREAD = 8.0
"""The constant projected dimension, in root mean squares of the others; below 3, loud frames lose their level."""


@dataclass(frozen=True)
class Quantized:
    latents: Tensor
    loss: Tensor


@dataclass(frozen=True)
class Refresh:
    """How dead codes come back: every so many calls, each with this probability, with noise of this deviation."""

    every: int = 20
    probability: float = 1.0
    noise: float = 0.0


def kmeans(points: Tensor, clusters: int, generator: torch.Generator, rounds: int = 8) -> Tensor:
    """Centres [clusters, dimension] of `points` [n, dimension]; a few Lloyd rounds from random points."""
    picks = torch.randint(len(points), (clusters,), generator=generator).to(points.device)
    jitter = torch.randn(clusters, points.shape[1], generator=generator, dtype=points.dtype).to(points.device)
    centres = points[picks] + 1e-3 * points.std() * jitter
    for _ in range(rounds):
        nearest = nearest_code(points, centres)
        count = torch.bincount(nearest, minlength=clusters)[:, None]
        total = torch.zeros_like(centres).index_add_(0, nearest, points)
        centres = torch.where(count > 0, total / count.clamp(min=1), centres)
    return centres


class CountedTraining(nn.Module):
    """Remembers its calls and, until the codebooks are placed, the latents it saw: also when training is resumed.

    `generator` is not remembered: who trains sets its seed for each update.
    """

    def __init__(self, seed: int, warm_up: int) -> None:
        super().__init__()
        self.generator = torch.Generator().manual_seed(seed)
        self.warm_up, self.calls = warm_up, 0
        self.seen: list[Tensor] = []

    def remember(self, latents: Tensor) -> None:
        """Latents [batch, dimension, frames] that pass unquantized; the latest `KEPT` are kept."""
        self.seen = [*self.seen, latents.detach().transpose(1, 2).flatten(0, 1)][-KEPT:]

    def _drawn(self, count: int, dead: Tensor) -> Tensor:
        """As many random indices below `count` as there are dead codes."""
        return torch.randint(count, (int(dead.sum()),), generator=self.generator).to(dead.device)

    def get_extra_state(self) -> dict[str, Any]:
        return {"calls": self.calls, "warm_up": self.warm_up, "seen": self.seen}

    def set_extra_state(self, state: dict[str, Any]) -> None:
        self.calls, self.warm_up, self.seen = state["calls"], state["warm_up"], state["seen"]


class EmaTraining(CountedTraining):
    """Residual quantization whose codebooks are moving averages of what they catch (van den Oord et al. 2017, A.1).

    `layers` each have a `codebook` with the buffers of `EmaCodebook`, real or complex. Latents pass unquantized for
    `warm_up` calls; then k-means on the latest of them gives the first codebooks.
    """

    def __init__(
        self, layers: nn.ModuleList, seed: int, warm_up: int = WARM_UP, decay: float = 0.99,
        refresh: Refresh = Refresh(),
    ) -> None:  # fmt: skip
        super().__init__(seed, warm_up)
        self.refresh, self.decay = refresh, decay
        self.codebooks: list[Any] = [layer.codebook for layer in layers]

    def forward(self, latents: Tensor, counts: Tensor) -> Quantized:
        """Latents [batch, dimension, frames]; `counts` [batch] codebooks in use."""
        self.calls += 1
        points = latents.transpose(1, 2)  # [batch, frames, dimension]
        if self.calls <= self.warm_up:
            self.remember(latents)
            return Quantized(latents, latents.new_zeros(()).abs())
        if self.seen:
            self._initialize(torch.cat(self.seen))
            self.seen = []
        residual, total = points, torch.zeros_like(points)
        losses = []
        for index, codebook in enumerate(self.codebooks):
            used = (counts > index)[:, None, None]
            flat = residual.detach().flatten(0, 1)
            codes = nearest_code(flat, codebook.embed)
            chosen = codebook.embed[codes].view_as(points)
            losses.append(((residual - chosen).abs().square() * used).mean())
            self._update(codebook, flat, codes)
            total = total + chosen * used
            residual = residual - chosen
        straight = points + (total - points).detach()
        return Quantized(straight.transpose(1, 2), torch.stack(losses).mean())

    def _initialize(self, points: Tensor) -> None:
        for codebook in self.codebooks:
            centres = kmeans(points, len(codebook.embed), self.generator)
            codes = nearest_code(points, centres)
            codebook.embed.copy_(centres)
            codebook.cluster_size.fill_(len(points) / len(centres) / KEPT)
            codebook.embed_avg.copy_(centres * codebook.cluster_size[:, None])
            points = points - centres[codes]

    @torch.no_grad()
    def _update(self, codebook: Any, points: Tensor, codes: Tensor) -> None:
        size = codebook.cluster_size
        count = torch.bincount(codes, minlength=len(size)).to(size.dtype)
        size.mul_(self.decay).add_(count, alpha=1 - self.decay)
        sums = torch.zeros_like(codebook.embed).index_add_(0, codes, points)
        codebook.embed_avg.mul_(self.decay).add_(sums, alpha=1 - self.decay)
        codebook.embed.copy_(codebook.embed_avg / size.clamp(min=1e-4)[:, None])
        uniform = len(points) / len(size)
        dead = size < DEAD * uniform
        if self.calls % self.refresh.every:
            return
        dead &= (torch.rand(len(size), generator=self.generator) < self.refresh.probability).to(dead.device)
        if dead.any():
            fresh = points[self._drawn(len(points), dead)]
            noise = torch.randn(fresh.shape, generator=self.generator, dtype=fresh.dtype).to(fresh.device)
            fresh = fresh + self.refresh.noise * noise
            codebook.embed[dead] = fresh
            size[dead] = uniform
            codebook.embed_avg[dead] = fresh * uniform


class GroupTraining(nn.Module):
    """`EmaTraining` of each group of a `GroupResidualQuantizer`; `counts` are codebooks of all groups together."""

    def __init__(self, groups: nn.ModuleList, seed: int, warm_up: int = WARM_UP) -> None:
        super().__init__()
        self.parts = nn.ModuleList(EmaTraining(group.layers, seed, warm_up) for group in groups)  # type: ignore[arg-type]

    @property
    def warm_up(self) -> int:
        return int(self.parts[0].warm_up)  # type: ignore[arg-type]

    def forward(self, latents: Tensor, counts: Tensor) -> Quantized:
        """Latents [batch, dimension, frames]; `counts` [batch] codebooks in use."""
        count = len(self.parts)
        results = [
            part(piece, counts // count)
            for part, piece in zip(self.parts, latents.chunk(count, dim=1), strict=True)
        ]  # fmt: skip
        quantized = torch.cat([result.latents for result in results], dim=1)
        return Quantized(quantized, torch.stack([result.loss for result in results]).mean())


class FactorizedTraining(CountedTraining):
    """DAC's residual quantizer under training: commitment by gradient, codes as moving averages in the projected space.

    Latents pass unquantized for `warm_up` calls. Then each level starts (our choice) on the principal directions of
    what the levels before leave over, with k-means centres as its codes; one of the projected dimensions starts as a
    constant besides them, because DAC compares by angle, which alone would not see level. The codes follow what they
    catch (DAC moves them by gradient, which a short training's latents outrun).
    """

    def __init__(self, quantizers: nn.ModuleList, seed: int, warm_up: int = WARM_UP, decay: float = 0.99) -> None:
        super().__init__(seed, warm_up)
        self.decay = decay
        self.layers: list[Any] = list(quantizers)
        codes = self.layers[0].codebook.num_embeddings
        self.register_buffer("use", torch.ones(len(self.layers), codes))

    def forward(self, latents: Tensor, counts: Tensor) -> Quantized:
        """Latents [batch, dimension, frames]; `counts` [batch] codebooks in use."""
        self.calls += 1
        if self.calls <= self.warm_up:
            self.remember(latents)
            return Quantized(latents, latents.new_zeros(()))
        if self.seen:
            self.place(torch.cat(self.seen))
            self.seen = []
        residual, total = latents, torch.zeros_like(latents)
        losses = []
        for index, layer in enumerate(self.layers):
            used = (counts > index).to(latents.dtype)
            chosen, commitment, codebook, codes, projected = layer(residual)
            losses.append((codebook.detach() + commitment) * used.mean())
            self._update(index, layer, projected.detach().transpose(1, 2).flatten(0, 1), codes.flatten())
            total = total + chosen * used[:, None, None]
            residual = residual - chosen
        return Quantized(total, torch.stack(losses).mean())

    @torch.no_grad()
    def place(self, points: Tensor) -> None:
        """Place all levels by latents [n, dimension]."""
        self.get_buffer("use").fill_(len(points) / self.layers[0].codebook.num_embeddings / KEPT)
        for layer in self.layers:
            directions = layer.codebook_dim - 1
            axes = torch.linalg.eigh(points.T @ points / len(points))[1][:, -directions:]  # [dimension, directions]
            scale = (points @ axes).square().mean().sqrt()
            layer.in_proj.weight.copy_(nn.functional.pad(axes.T / scale, (0, 0, 0, 1))[..., None])
            layer.in_proj.bias.copy_(nn.functional.pad(torch.zeros(directions), (0, 1), value=SPREAD))
            layer.out_proj.weight.copy_(nn.functional.pad(axes * scale, (0, 1))[..., None])
            layer.out_proj.bias.zero_()
            projected = nn.functional.pad(points @ axes / scale, (0, 1), value=SPREAD)
            layer.codebook.weight.copy_(kmeans(projected, layer.codebook.num_embeddings, self.generator))
            points = points - layer(points.T[None])[0][0].T

    @torch.no_grad()
    def _update(self, index: int, layer: Any, points: Tensor, codes: Tensor) -> None:
        """Move each code towards the mean of the projected `points` [n, dimension] it caught; `codes` [n]."""
        use, weight = self.get_buffer("use")[index], layer.codebook.weight
        count = torch.bincount(codes, minlength=len(use)).to(use.dtype)
        sums = torch.zeros_like(weight).index_add_(0, codes, points)
        size = self.decay * use + (1 - self.decay) * count
        means = (self.decay * use[:, None] * weight + (1 - self.decay) * sums) / size.clamp(min=1e-6)[:, None]
        weight.copy_(torch.where(size[:, None] > 1e-6, means, weight))
        use.copy_(size)
        uniform = len(points) / len(use)
        dead = use < DEAD * uniform
        if self.calls % 20 == 0 and dead.any():
            weight[dead] = points[self._drawn(len(points), dead)]
            use[dead] = uniform
