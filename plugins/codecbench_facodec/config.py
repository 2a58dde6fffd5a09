"""FACodec's configurations: Ju et al., "NaturalSpeech 3", 2024, section 3.2 and appendix B.2.

The published one is that of the authors' release (open-mmlab/Amphion, models/codec/ns3_codec: the arguments in its
README); the reference one is ours: the same architecture, narrow enough for one CPU core.
"""

from __future__ import annotations

from dataclasses import dataclass
from math import prod

CODEBOOK_SIZE = 1024
CODEBOOK_BITS = 10
SAMPLE_RATE = 16000


@dataclass(frozen=True)
class FacodecConfiguration:
    """One variant. Widths are channels, from the first layer of each side to its last; `strides` the encoder's."""

    encoder_widths: tuple[int, ...] = (32, 64, 128, 256, 512)
    decoder_widths: tuple[int, ...] = (1024, 512, 256, 128, 64)
    strides: tuple[int, ...] = (2, 4, 5, 5)
    dimension: int = 256
    """Of the latents, and of the timbre: both pass through the same transformer."""

    prosody: int = 1
    content: int = 2
    detail: int = 3
    """Codebooks of each stream, in the order of the codes' rows."""

    prosody_bands: int = 0
    """How many of the lowest mel bands prosody quantizes; 0: it quantizes the latents, as published."""

    codebook_dimension: int = 8
    timbre_layers: int = 4
    timbre_heads: int = 4
    timbre_filter: int = 1024
    timbre_kernel: int = 5
    weight_norm: bool = True
    """Whether the gains of weight normalisation are parameters, as in the published model; folded after loading."""

    @classmethod
    def paper(cls) -> FacodecConfiguration:
        """The released model, 28,844,610 parameters."""
        return cls()

    @classmethod
    def reference(cls) -> FacodecConfiguration:
        """Our choice: 2.5 M parameters, the low-rate layers wide and the high-rate ones narrow.

        A weight of the last encoder layer is used 80 times a second, one of the first 16,000 times; and each of the
        58 activations runs at twice its layer's rate between two anti-aliasing filters, most of the time that
        this configuration takes. So its high-rate layers are narrow and widths grow faster than twofold.

        Prosody quantizes the lowest 20 of 80 mel bands, as in the release's second version (see `LowBands`). The paper
        parts prosody off by labels and gradient reversal, which a reference budget is too short for: after 1,500
        updates, its code explained 1 % of the variance of log pitch, and of mel bands half from the start.
        """
        return cls(
            encoder_widths=(8, 16, 64, 128, 256), decoder_widths=(256, 128, 64, 16, 8), dimension=96,
            prosody_bands=20, timbre_layers=2, timbre_filter=192, weight_norm=False,
        )  # fmt: skip

    @property
    def hop(self) -> int:
        return prod(self.strides)

    @property
    def streams(self) -> tuple[int, int, int]:
        return self.prosody, self.content, self.detail

    @property
    def codebook_counts(self) -> tuple[int, ...]:
        """Codebooks of each operating point: detail is dropped from its last codebook on, the rest never."""
        always = self.prosody + self.content
        return tuple(range(always, always + self.detail + 1))

    @property
    def kbps_per_codebook(self) -> float:
        return CODEBOOK_BITS * SAMPLE_RATE / self.hop / 1000


CONFIGURATIONS = {"reference": FacodecConfiguration.reference, "amphion": FacodecConfiguration.paper}
