"""DAC's configurations: Kumar et al., "High-Fidelity Audio Compression with Improved RVQGAN", 2023, on transformers.

The published ones are `conf/final` of descriptinc/descript-audio-codec; the reference one is ours: the same
architecture, narrow enough for one CPU core.
"""

from __future__ import annotations

from dataclasses import dataclass
from math import prod
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from transformers import DacConfig

CODEBOOK_SIZE = 1024
CODEBOOK_BITS = 10


@dataclass(frozen=True)
class DacConfiguration:
    """One variant. Widths in channels; `codebook_counts` are the operating points' codebooks."""

    sample_rate: int
    codebooks: int
    codebook_counts: tuple[int, ...]
    strides: tuple[int, ...] = (2, 4, 5, 8)
    encoder_width: int = 64
    decoder_width: int = 1536
    codebook_dim: int = 8
    weight_norm: bool = True
    """Whether the gains of weight normalisation are parameters, as in the published models; folded after loading."""

    lookahead: int = 5634
    """Samples of input, beyond its own frame, that an output sample depends on: encoder and decoder together."""

    @classmethod
    def reference(cls) -> DacConfiguration:
        """Our choice: 16 kHz, 50 frames per second, an eighth and a twelfth of the published widths."""
        return cls(
            sample_rate=16000, codebooks=12, codebook_counts=(2, 4, 6, 12), encoder_width=8, decoder_width=128,
            weight_norm=False,
        )  # fmt: skip

    @classmethod
    def descript_16khz(cls) -> DacConfiguration:
        return cls(sample_rate=16000, codebooks=12, codebook_counts=(2, 4, 6, 9, 12))

    @classmethod
    def descript_24khz(cls) -> DacConfiguration:
        return cls(sample_rate=24000, codebooks=32, codebook_counts=(2, 4, 8, 16, 32))

    @classmethod
    def descript_44khz(cls) -> DacConfiguration:
        """86.1328 frames per second: 0.8613 kbps per codebook."""
        return cls(
            sample_rate=44100, codebooks=9, codebook_counts=(1, 2, 3, 6, 9), strides=(2, 4, 8, 8), lookahead=8490
        )  # fmt: skip

    @property
    def hop(self) -> int:
        return prod(self.strides)

    @property
    def kbps_per_codebook(self) -> float:
        return CODEBOOK_BITS * self.sample_rate / self.hop / 1000

    def build_config(self) -> DacConfig:
        """transformers' spelling of this configuration."""
        from transformers import DacConfig

        return DacConfig(
            sampling_rate=self.sample_rate,
            encoder_hidden_size=self.encoder_width,
            decoder_hidden_size=self.decoder_width,
            downsampling_ratios=list(self.strides),
            n_codebooks=self.codebooks,
            codebook_size=CODEBOOK_SIZE,
            codebook_dim=self.codebook_dim,
        )

    def build(self) -> Any:
        """The model with random weights."""
        from transformers import DacModel

        model: Any = DacModel(self.build_config())
        if self.weight_norm:
            model.apply_weight_norm()
        return model.eval()


CONFIGURATIONS = {
    "reference": DacConfiguration.reference,
    "descript-16khz": DacConfiguration.descript_16khz,
    "descript-24khz": DacConfiguration.descript_24khz,
    "descript-44khz": DacConfiguration.descript_44khz,
}
