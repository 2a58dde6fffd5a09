"""IBPCodec's configurations: Zhou et al., "IBPCodec: A Low-Bitrate Lightweight Speech Codec with Inter-Band
Prediction", ICASSP 2026.

The paper gives the transform (window 640, hop 320, 1024 points), the share of the band that is coded, the convolutions'
channels, kernels and strides, two causal FocalBlocks on either side of a group residual quantizer of two groups, and an
inter-band prediction of three pointwise convolutions. Codebook size, the blocks' kernels and widths, and the scale of
the amplitude are our choices.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from math import prod

CODEBOOK_SIZE = 1024
CODEBOOK_BITS = 10
GROUPS = 2


@dataclass(frozen=True)
class IbpcodecConfiguration:
    """One variant. `low_bins` of `n_fft // 2 + 1` bins are coded, the rest is predicted from them."""

    low_bins: int
    prediction_width: int
    channels: tuple[int, ...] = (16, 16, 24, 32)
    strides: tuple[int, ...] = (1, 2, 4, 4)
    """Along frequency; time is never strided."""
    kernel: int = 5
    focal_blocks: int = 2
    focal_kernels: tuple[int, ...] = (14, 18)
    focal_window: int = 192
    """Frames that a block's summary of the past is averaged over: 3.84 s."""
    feedforward: float = 1.25
    """The blocks' hidden width, relative to their own."""
    layers: int = 3
    layer_counts: tuple[int, ...] = (1, 2, 3)
    sample_rate: int = 16000
    n_fft: int = 1024
    window: int = 640
    hop: int = 320

    @classmethod
    def paper(cls) -> IbpcodecConfiguration:
        """Three quarters of the band are coded. Fitted: 4.8 M parameters, 0.35 G MAC/s by output positions."""
        return cls(low_bins=384, prediction_width=464)

    @classmethod
    def paper_full_band(cls) -> IbpcodecConfiguration:
        """P = 1: all but the Nyquist bin is coded, nothing predicted. Predicted: 0.47 G MAC/s by output positions."""
        return cls(low_bins=512, prediction_width=0)

    @classmethod
    def paper_half_band(cls) -> IbpcodecConfiguration:
        """P = 0.5. Predicted: 0.27 G MAC/s by output positions."""
        return cls(low_bins=256, prediction_width=926)

    @classmethod
    def reference(cls) -> IbpcodecConfiguration:
        """Narrower, and six layers: 1 to 6 kbps by one model."""
        return replace(
            cls.paper(), channels=(12, 12, 16, 20), prediction_width=256, layers=6, layer_counts=(1, 2, 3, 4, 5, 6)
        )  # fmt: skip

    @property
    def high_bins(self) -> int:
        """Bins that are predicted; the Nyquist bin alone is not, but left at zero."""
        high = self.n_fft // 2 + 1 - self.low_bins
        return high if self.prediction_width else 0

    @property
    def dimension(self) -> int:
        """Of the latents: the last channels times what the strides leave of the bins."""
        return self.channels[-1] * (self.low_bins // prod(self.strides))

    @property
    def kbps_per_layer(self) -> float:
        return GROUPS * CODEBOOK_BITS * self.sample_rate / self.hop / 1000


CONFIGURATIONS = {"reference": IbpcodecConfiguration.reference, "paper": IbpcodecConfiguration.paper}
