"""EnCodec's configurations: Défossez et al., "High Fidelity Neural Audio Compression", 2022, on transformers' model.

The published ones are those of facebookresearch/encodec (`EncodecModel.encodec_model_24khz` and `_48khz`); the
reference one is ours: the same architecture, narrow enough for one CPU core.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

CODEBOOK_SIZE = 1024
CODEBOOK_BITS = 10


@dataclass(frozen=True)
class EncodecConfiguration:
    """One variant. Widths in channels, `hop` in samples; `codebook_counts` are the operating points' codebooks."""

    sample_rate: int
    codebook_counts: tuple[int, ...]
    channels: int = 1
    filters: int = 32
    hidden: int = 128
    lstm_layers: int = 2
    causal: bool = True
    segment_seconds: float | None = None
    overlap: float | None = None

    hop: int = 320
    """8 * 5 * 4 * 2, the decoder's upsampling ratios, in every variant."""

    @classmethod
    def reference(cls) -> EncodecConfiguration:
        """Our choice: 16 kHz, 50 frames per second, half the published width and one LSTM layer, 2.9 M parameters."""
        return cls(sample_rate=16000, codebook_counts=(2, 4, 6, 12), filters=16, lstm_layers=1)

    @classmethod
    def facebook_24khz(cls) -> EncodecConfiguration:
        return cls(sample_rate=24000, codebook_counts=(2, 4, 8, 16, 32))

    @classmethod
    def facebook_48khz(cls) -> EncodecConfiguration:
        """Stereo, non-causal, one second at a time, each segment scaled to unit level."""
        return cls(
            sample_rate=48000, codebook_counts=(2, 4, 8, 16), channels=2, causal=False,
            segment_seconds=1.0, overlap=0.01,
        )  # fmt: skip

    @property
    def scaled(self) -> bool:
        """Whether a scale per segment travels in the payload."""
        return self.segment_seconds is not None

    @property
    def kbps_per_codebook(self) -> float:
        return CODEBOOK_BITS * self.sample_rate / self.hop / 1000

    def build(self) -> Any:
        """The model with random weights (codebooks are zeros until weights are loaded)."""
        from transformers import EncodecConfig, EncodecModel

        config = EncodecConfig(
            sampling_rate=self.sample_rate,
            audio_channels=self.channels,
            num_filters=self.filters,
            hidden_size=self.hidden,
            codebook_dim=self.hidden,
            codebook_size=CODEBOOK_SIZE,
            num_lstm_layers=self.lstm_layers,
            use_causal_conv=self.causal,
            norm_type="weight_norm" if self.causal else "time_group_norm",
            normalize=self.scaled,
            chunk_length_s=self.segment_seconds,
            overlap=self.overlap,
            target_bandwidths=[count * self.kbps_per_codebook for count in self.codebook_counts],
        )
        model: Any = EncodecModel(config)
        return model.eval()


CONFIGURATIONS = {
    "reference": EncodecConfiguration.reference,
    "facebook-24khz": EncodecConfiguration.facebook_24khz,
    "facebook-48khz": EncodecConfiguration.facebook_48khz,
}
