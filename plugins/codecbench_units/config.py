"""Sizes of the units codec: Polyak et al., "Speech Resynthesis from Discrete Disentangled Self-Supervised
Representations", Interspeech 2021 (arXiv 2104.00355).

From the paper and its release (facebookresearch/speech-resynthesis, `configs/VCTK/hubert100_lut.json` and
`f0_vqvae.json`): 100 units at 50 Hz, F0 in 20 codes at 12.5 Hz, relative to the speaker's mean. Everything else here is
our choice: the paper's F0 codes come from a network of their own, its speaker vector from a speaker verification
network (256 numbers, not counted in its rate), and its decoder is HiFi-GAN (14 M parameters, trained with adversaries).
"""

from __future__ import annotations

from dataclasses import dataclass

SAMPLE_RATE = 16000
HOP = 320
"""Samples a unit stands for: 50 Hz, as HuBERT's frames."""
UNITS = 100
PITCH_CODES = 20
"""0 is unvoiced, the others are steps of the speaker's own range."""
LONGEST_RUN = 8
"""Frames of a run of one unit, 160 ms; a longer one is sent as several."""

CEPSTRA = 24
"""Of the speaker vector: the mean mel cepstrum of the file's active frames."""
CEPSTRUM_CODES = 64
MEAN_CODES, SPREAD_CODES = 256, 32
"""Of the mean and of the standard deviation of log F0."""
LOWEST_HZ, HIGHEST_HZ = 60.0, 500.0
"""Of the search for F0, and of its coded mean."""
LARGEST_SPREAD = 0.64
"""Of log F0: one standard deviation is 0.64 of a factor e at most, in steps of 0.02."""
PITCH_REACH = 2.5
"""Standard deviations around the mean that the pitch codes reach."""


@dataclass(frozen=True)
class DecoderConfiguration:
    """The network from codes to spectral envelopes; `hop` in samples between two of them."""

    units: int = UNITS
    embedding: int = 96
    width: int = 160
    blocks: int = 6
    fine_blocks: int = 2
    """After upsampling from units' frames to envelopes."""
    expansion: int = 2
    kernel: int = 7
    bands: int = 64
    hop: int = 160
    window: int = 512
