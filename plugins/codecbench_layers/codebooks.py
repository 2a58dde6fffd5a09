"""One codebook: vectors to the number of their nearest code, and back."""

from __future__ import annotations

import torch
from torch import Tensor, nn
from torch.nn import functional as F


def nearest_code(points: Tensor, codebook: Tensor) -> Tensor:
    """Number of the nearest row of `codebook` [codes, dimension] for each of `points` [n, dimension]: [n].

    The distance is |x|² + |e|² - 2 Re(xᴴe) (EuleroDec, eq. 5), of which |x|² is the same for all codes: for complex
    vectors it is the Euclidean distance of their stacked real and imaginary parts, and is searched as that.
    """
    if points.is_complex():
        points, codebook = (torch.view_as_real(value).flatten(-2) for value in (points, codebook))
    return (codebook.square().sum(1) - 2 * points @ codebook.T).argmin(1)


class EmaCodebook(nn.Module):
    """Codes that follow the mean of what they catch (van den Oord et al. 2017, appendix A.1); buffers, no parameters.

    `embed` [size, dimension] is all that coding needs; `cluster_size` [size] and `embed_avg` [size, dimension] belong
    to training (`codecbench_layers.training.EmaTraining`). Complex for `dtype=torch.complex64`.
    """

    embed: Tensor
    cluster_size: Tensor
    embed_avg: Tensor

    def __init__(self, size: int, dimension: int, dtype: torch.dtype = torch.float32) -> None:
        super().__init__()
        self.register_buffer("embed", torch.randn(size, dimension, dtype=dtype) / dimension**0.5)
        self.register_buffer("cluster_size", torch.ones(size))
        self.register_buffer("embed_avg", self.embed.clone())

    def encode(self, points: Tensor) -> Tensor:
        """`points` [n, dimension] to codes [n]."""
        return nearest_code(points, self.embed)

    def decode(self, codes: Tensor) -> Tensor:
        """`codes` [...] to vectors [..., dimension]."""
        return self.embed[codes]


class FactorizedCodebook(nn.Module):
    """Codes in a narrow space, compared by angle (Yu et al. 2022, "Factorized codes" and "l2-normalized codes").

    As in DAC: a projection down, the nearest code by cosine, its vector *before* normalisation, a projection up. The
    projections are 1x1 convolutions.
    """

    def __init__(self, dimension: int, size: int, codebook_dimension: int) -> None:
        super().__init__()
        self.in_proj = nn.Conv1d(dimension, codebook_dimension, 1)
        self.codebook = nn.Embedding(size, codebook_dimension)
        self.out_proj = nn.Conv1d(codebook_dimension, dimension, 1)

    @property
    def codebook_dim(self) -> int:
        return self.codebook.embedding_dim

    def encode(self, latents: Tensor) -> Tensor:
        """`latents` [batch, dimension, frames] to codes [batch, frames]."""
        return self.search(self.in_proj(latents))

    def search(self, projected: Tensor) -> Tensor:
        """Projected latents [batch, codebook_dimension, frames] to codes [batch, frames]."""
        points = F.normalize(projected.transpose(1, 2).flatten(0, 1))
        codes = nearest_code(points, F.normalize(self.codebook.weight))
        return codes.view(projected.shape[0], projected.shape[2])

    def decode(self, codes: Tensor) -> Tensor:
        """`codes` [batch, frames] to latents [batch, dimension, frames]."""
        vectors: Tensor = self.out_proj(self.codebook(codes).transpose(1, 2))
        return vectors

    def forward(self, latents: Tensor) -> tuple[Tensor, Tensor, Tensor, Tensor, Tensor]:
        """A training pass, in the order of transformers' `DacVectorQuantize`.

        Returns the quantized latents [batch, dimension, frames] with a straight-through gradient, the commitment and
        the codebook loss (scalars), the codes [batch, frames], and the projected latents.
        """
        projected = self.in_proj(latents)
        codes = self.search(projected)
        chosen = self.codebook(codes).transpose(1, 2)
        commitment = F.mse_loss(projected, chosen.detach())
        codebook = F.mse_loss(chosen, projected.detach())
        straight = projected + (chosen - projected).detach()
        return self.out_proj(straight), commitment, codebook, codes, projected
