"""Bandwidth extension from 16 to 24 kHz: what is chosen once, for the trained model and for the baseline."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class BandwidthConfiguration:
    """`taps` of the filters at 48 kHz; `window` and `hop` in samples at `output_rate`; all of it is our choice.

    `bands` of equal width share what is added. `width`, `kernel` and `layers` are those of the network, which sees
    `mels` bands of what was decoded.
    """

    sample_rate: int = 16000
    output_rate: int = 24000
    taps: int = 289
    window: int = 480
    hop: int = 120
    bands: int = 8
    mels: int = 40
    width: int = 64
    kernel: int = 5
    layers: int = 3

    @property
    def lower_bins(self) -> int:
        """Bins of the spectrum below the input's Nyquist frequency: 0 to 8 kHz, in steps of 50 Hz."""
        return self.window * self.sample_rate // (2 * self.output_rate)

    @property
    def upper_bins(self) -> int:
        """Bins from there to the output's Nyquist frequency."""
        return self.window // 2 - self.lower_bins

    @property
    def lookahead(self) -> int:
        """Samples at `sample_rate`: half of a filter, and a window."""
        per_input = 2 * self.output_rate // self.sample_rate
        return self.taps // 2 // per_input + self.window * self.sample_rate // self.output_rate


CONFIGURATION = BandwidthConfiguration()
TILT = (0.79, -0.34)
"""Of spectral folding: by how much the mirrored band is raised, as log10 of power, in the lowest of the bands, and more
in each one above it. By least squares on the speech that the network was trained on."""
