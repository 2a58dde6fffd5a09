"""VoCodec's configurations: "VoCodec: An Efficient Lightweight Low-Bitrate Speech Codec", arXiv 2601.13055, 2026.

Not to be confused with arXiv 2606.05892, another codec of the same name. The paper gives the structure, 349.29 M MAC/s
and a latency of 30 ms; the challenge it entered (LRAC 2025) gives 24 kHz, 1 and 6 kbps by one model, and at most 150 M
MAC/s on the receiving side. Everything else here is our choice.
"""

from __future__ import annotations

from dataclasses import dataclass

CODEBOOK_SIZE = 1024
CODEBOOK_BITS = 10


@dataclass(frozen=True)
class VocodecConfiguration:
    """One variant. `width` in channels; `window` and `hop` in samples; `attention_window` in frames."""

    sample_rate: int
    window: int
    hop: int
    width: int
    codebooks: int
    codebook_counts: tuple[int, ...]
    convnext_blocks: int = 6
    expansion: int = 3
    residual_blocks: int = 3
    decoder_groups: int = 2
    kernel: int = 7
    attention_window: int = 100
    attention_heads: int = 4
    codebook_dimension: int = 8

    @classmethod
    def paper(cls) -> VocodecConfiguration:
        """24 kHz, a causal window of 720 samples (30 ms), 100 frames per second, 1 to 6 kbps.

        Fitted: 349.29 M MAC/s within 2 %. Predicted: the receiving side's 150 M MAC/s at most.
        """
        return cls(
            sample_rate=24000, window=720, hop=240, width=192, codebooks=6, codebook_counts=(1, 2, 3, 4, 5, 6)
        )  # fmt: skip

    @classmethod
    def reference(cls) -> VocodecConfiguration:
        """16 kHz, 50 frames per second, a window of two hops (40 ms), 2.5 M parameters."""
        return cls(
            sample_rate=16000, window=640, hop=320, width=160, codebooks=12, codebook_counts=(2, 4, 6, 12)
        )  # fmt: skip

    @property
    def kbps_per_codebook(self) -> float:
        return CODEBOOK_BITS * self.sample_rate / self.hop / 1000


CONFIGURATIONS = {"reference": VocodecConfiguration.reference, "paper": VocodecConfiguration.paper}
