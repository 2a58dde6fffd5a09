"""LaDiffCodec's configurations: Yang et al., "Generative De-Quantization for Neural Speech Codec via Latent Diffusion".

arXiv 2311.08330, 2023. The published ones follow the authors' release (haiciyang/LaDiffCodec: `srcs/sample.py`'s
defaults, `srcs/model.py`); the reference one is ours: the same three parts, narrow enough for one CPU core.
"""

from __future__ import annotations

from dataclasses import dataclass
from math import lcm, prod
from typing import Literal

CODEBOOK_SIZE = 1024
CODEBOOK_BITS = 10
SAMPLE_RATE = 16000
CONDITION_STRIDES = (8, 5, 4, 2)
"""Of the decoder, as EnCodec's: 320 samples, 50 frames per second."""

Sampler = Literal["halfway", "infilling", "none"]
"""`halfway`: from the condition itself down (what the release runs). `infilling`: from noise, drawn towards the
condition at every step (the paper's). `none`: the condition goes to the decoder as it is, to see what the diffusion is
worth."""


@dataclass(frozen=True)
class UnetConfiguration:
    """`width` and its `multiples` are channels; the middle has the last multiple."""

    width: int = 256
    multiples: tuple[int, ...] = (1, 2, 2, 4, 4)
    groups: int = 8
    heads: int = 4
    head_width: int = 32


@dataclass(frozen=True)
class LadiffConfiguration:
    """One variant. Widths in channels; latents of both codecs have `dimension`."""

    codebooks: int
    codebook_counts: tuple[int, ...]
    condition_filters: int = 32
    condition_lstm: int = 2
    dimension: int = 128
    strides: tuple[int, ...] = (8,)
    """Of the continuous autoencoder's decoder."""
    filters: int = 32
    lstm: int = 2
    raises: tuple[int, ...] = (5, 4, 2)
    """Transposed convolutions that bring the condition to the latents' rate."""
    unet: UnetConfiguration = UnetConfiguration()
    latent_scale: float = 18.0
    clip: float = 1.0
    """Largest magnitude of a clean latent while sampling."""
    scale_condition: bool = True
    """Whether the condition's largest value is brought to 1 (the release's `--unet_scale_cond`)."""
    scale_latents: bool = False
    """Whether sampled latents are multiplied by `latent_scale` before decoding; the release's sampling does not."""
    start: int = 100
    """Diffusion steps of 1000 that sampling starts at."""
    steps: int = 100
    """How many of them are taken, evenly spaced."""
    blend: float = 0.1
    """Infilling's lambda, as in the release's `sample.py`."""
    sampler: Sampler = "halfway"

    @classmethod
    def published(cls, codebooks: int) -> LadiffConfiguration:
        """3 codebooks are 1.5 kbps, 6 are 3 kbps: two models."""
        return cls(codebooks=codebooks, codebook_counts=(codebooks,))

    @classmethod
    def reference(cls) -> LadiffConfiguration:
        """Our choice: one model for four rates, latents at 200 frames per second, four steps from a light start.

        Latents are scaled less than in the release, so that the noise sampling adds stays below them, and clipped at
        what training speech reaches. The network is as wide as they are: a narrower one cannot tell their noise.
        """
        return cls(
            codebooks=12, codebook_counts=(3, 6, 9, 12), condition_filters=8, condition_lstm=1, dimension=64,
            strides=(8, 10), filters=16, lstm=0, raises=(2, 2), unet=UnetConfiguration(64, (1, 1, 2), 8, 4, 16),
            latent_scale=2.0, clip=6.0, scale_condition=False, scale_latents=True, start=50, steps=4,
        )  # fmt: skip

    @property
    def frame(self) -> int:
        """Samples of a frame of codes."""
        return prod(CONDITION_STRIDES)

    @property
    def hop(self) -> int:
        """Samples of a latent."""
        return prod(self.strides)

    @property
    def multiple(self) -> int:
        """Samples that a signal is padded to a multiple of: whole frames, and whole cells of the network's bottom."""
        return lcm(self.frame, self.hop * 2 ** (len(self.unet.multiples) - 1))

    @property
    def kbps_per_codebook(self) -> float:
        return CODEBOOK_BITS * SAMPLE_RATE / self.frame / 1000


CONFIGURATIONS = {
    "reference": LadiffConfiguration.reference(),
    "indiana-1.5kbps": LadiffConfiguration.published(3),
    "indiana-3kbps": LadiffConfiguration.published(6),
}
