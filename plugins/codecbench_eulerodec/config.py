"""EuleroDec's configurations: Cerovaz, Mancusi and Rodolà 2026, "EuleroDec: A Complex-Valued RVQ-VAE for Efficient and
Robust Audio Coding", arXiv 2601.17517.

The paper gives the transform, the blocks of 256 frames, the dilations, the first two strides, the quantizer (12 stages
of 2048 codes, its Hermitian metric, its training) and 2,347,621 parameters. Our choices: the remaining strides, the
channels, the code dimension, four attention heads, a feed-forward layer twice as wide, bias-free convolutions, a
residual path around each stage's normalised part (without it the decoder could not know levels; drop-path leaves it
alone), whitening by the statistics of each signal's own block (none are kept from training), blocks that do not overlap
(the paper overlaps and adds its segments; here their spectrograms are joined and there is one inverse transform), and
that a signal's last block is only as long as it must be. A complex parameter counts once; codebooks are buffers.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from math import prod

Stride = tuple[int, int]
"""Along frequency, along time."""


@dataclass(frozen=True)
class EulerodecConfiguration:
    """One variant. Channels count complex values; `block` is in frames of the transform."""

    sample_rate: int
    n_fft: int
    hop: int
    block: int
    strides: tuple[Stride, ...]
    channels: tuple[int, ...]
    """After the stem, and after each strided stage."""
    code_dimension: int
    codebook_size: int
    codebooks: int
    codebook_counts: tuple[int, ...]
    dilations: tuple[Stride, ...] = ((1, 1), (3, 3), (3, 5), (3, 7), (1, 1))
    stem: Stride = (3, 7)
    heads: int = 4
    feedforward: int = 2
    second_convolution: bool = True
    """Whether a 3x3 convolution also follows a stage's attention."""
    drop_path: float = 0.05
    compression: float = 1.0
    """Exponent that magnitudes are raised to before the network, and undone after it; 1 is the paper's spectrogram."""

    @classmethod
    def paper_6kbps(cls) -> EulerodecConfiguration:
        """46.875 frames per second, 12 * 11 bit: 6187.5 bit/s.

        Fitted: 2,312,648 parameters, 1.5 % below the paper's. Predicted: 39.5 G real MAC/s (the paper gives none).
        """
        return cls(
            sample_rate=24000, n_fft=512, hop=64, block=256, strides=((2, 2), (2, 1), (2, 2), (2, 2)),
            channels=(16, 24, 48, 64, 160), code_dimension=128, codebook_size=2048, codebooks=12,
            codebook_counts=(12,),
        )  # fmt: skip

    @classmethod
    def paper_12kbps(cls) -> EulerodecConfiguration:
        """93.75 frames per second: 12375 bit/s; another model, not another rate of the same one. 43.6 G MAC/s."""
        return replace(cls.paper_6kbps(), strides=((2, 2), (2, 1), (2, 2), (2, 1)))

    @classmethod
    def reference(cls) -> EulerodecConfiguration:
        """16 kHz, 50 frames per second, narrow, and magnitudes compressed, so that soft sounds count in training."""
        return cls(
            sample_rate=16000, n_fft=320, hop=160, block=128, strides=((2, 2), (2, 1), (2, 1), (2, 1)),
            channels=(4, 8, 24, 48, 96), code_dimension=64, codebook_size=1024, codebooks=12,
            codebook_counts=(2, 4, 6, 12), second_convolution=False, compression=0.5,
        )  # fmt: skip

    @property
    def bins(self) -> int:
        """The Nyquist bin is dropped."""
        return self.n_fft // 2

    @property
    def time_stride(self) -> int:
        return prod(time for _, time in self.strides)

    @property
    def coded_bins(self) -> int:
        """Rows along frequency that are left before the quantizer."""
        return self.bins // prod(frequency for frequency, _ in self.strides)

    @property
    def frame(self) -> int:
        """Samples between two latents."""
        return self.hop * self.time_stride

    @property
    def kbps_per_codebook(self) -> float:
        return (self.codebook_size - 1).bit_length() * self.sample_rate / self.frame / 1000


CONFIGURATIONS = {
    "reference": EulerodecConfiguration.reference,
    "paper-6kbps": EulerodecConfiguration.paper_6kbps,
    "paper-12kbps": EulerodecConfiguration.paper_12kbps,
}
