"""From 16 kHz to 24 kHz: the band below 8 kHz mirrored above it, and an envelope for what was mirrored.

Spectral folding (Makhoul and Berouti, ICASSP 1979): zeros between the samples repeat the spectrum, its image above the
Nyquist frequency is the band below, turned round. Here the image from 8 to 12 kHz is kept, and played as loud as an
envelope says: a fixed tilt, or what a small causal network finds in the lower band.
"""

from __future__ import annotations

from itertools import pairwise

import torch
from codecbench_layers.mel import mel_filters
from codecbench_layers.stft import CausalStft
from torch import Tensor, nn
from torch.nn import functional as F

from codecbench_bandwidth.config import BandwidthConfiguration

FLOOR = 1e-10
LOUDEST = 4.0
"""log10 of power: nothing is raised by more than 40 dB."""


class Split(nn.Module):
    """A signal of 16 kHz at 24 kHz, and its mirrored band, 8 to 12 kHz: [batch, samples] to [batch, 2, 1.5 samples]."""

    filters: Tensor

    def __init__(self, configuration: BandwidthConfiguration) -> None:
        super().__init__()
        self.up = 2 * configuration.output_rate // configuration.sample_rate  # zeros up to 48 kHz
        rate = float(self.up * configuration.sample_rate)
        low, high = (_low_pass(configuration.taps, nyquist / rate) for nyquist in (8000.0, 12000.0))
        self.register_buffer("filters", self.up * torch.stack([low, high - low])[:, None], persistent=False)

    def forward(self, audio: Tensor) -> Tensor:
        stuffed = audio.new_zeros(*audio.shape, self.up)
        stuffed[..., 0] = audio
        padding = self.filters.shape[-1] // 2
        both: Tensor = F.conv1d(stuffed.flatten(1)[:, None], self.filters, stride=2, padding=padding)
        return both


def _low_pass(taps: int, cutoff: float) -> Tensor:
    """Of unit gain, windowed by Kaiser's (80 dB); `cutoff` in cycles a sample."""
    at = torch.arange(taps, dtype=torch.float64) - taps // 2
    window = torch.kaiser_window(taps, periodic=False, beta=7.86, dtype=torch.float64)
    return (2 * cutoff * torch.sinc(2 * cutoff * at) * window).float()


class Bands(nn.Module):
    """What the network sees of the lower band, and the levels of the upper one, each as log10 of power."""

    filters: Tensor

    def __init__(self, configuration: BandwidthConfiguration) -> None:
        super().__init__()
        self.configuration = configuration
        low = configuration.lower_bins
        self.register_buffer("filters", mel_filters(configuration.sample_rate, 2 * low, configuration.mels), False)

    def lower(self, spectrum: Tensor) -> Tensor:
        """[batch, bins, frames] to [batch, mels, frames]."""
        power = spectrum[:, : self.configuration.lower_bins + 1].abs().square()
        found: Tensor = torch.log10(self.filters @ power + FLOOR)
        return found

    def upper(self, spectrum: Tensor) -> Tensor:
        """[batch, bins, frames] to [batch, bands, frames]: the mean over a band's bins."""
        power = spectrum[:, -self.configuration.upper_bins :].abs().square()
        levels = torch.log10(power + FLOOR)
        return levels.view(len(levels), self.configuration.bands, -1, levels.shape[-1]).mean(2)


class EnvelopeNetwork(nn.Module):
    """Bands of a signal to how much its mirrored band is to be raised: [batch, mels + bands, frames] to [batch, bands,
    frames], log10 of power. Causal.
    """

    def __init__(self, configuration: BandwidthConfiguration) -> None:
        super().__init__()
        widths = [configuration.mels + configuration.bands] + [configuration.width] * configuration.layers
        self.padding = configuration.kernel - 1
        self.layers = nn.ModuleList(nn.Conv1d(inner, outer, configuration.kernel) for inner, outer in pairwise(widths))
        self.output = nn.Conv1d(configuration.width, configuration.bands, 1)

    def forward(self, bands: Tensor) -> Tensor:
        hidden = (bands + 4) / 2
        for layer in self.layers:
            hidden = F.relu(layer(F.pad(hidden, (self.padding, 0))))
        raised: Tensor = self.output(hidden)
        return raised


class FixedTilt(nn.Module):
    """The same for each frame."""

    tilt: Tensor

    def __init__(self, configuration: BandwidthConfiguration, first: float, each: float) -> None:
        super().__init__()
        self.register_buffer("tilt", first + each * torch.arange(configuration.bands)[None, :, None], persistent=False)

    def forward(self, bands: Tensor) -> Tensor:
        raised: Tensor = self.tilt.expand(len(bands), -1, bands.shape[-1])
        return raised


class Extension(nn.Module):
    """Audio [batch, 1, samples] at 16 kHz to [batch, 1, 1.5 samples] at 24 kHz; whole hops of the input."""

    def __init__(self, configuration: BandwidthConfiguration, envelope: nn.Module) -> None:
        super().__init__()
        self.split, self.bands, self.envelope = Split(configuration), Bands(configuration), envelope
        self.stft = CausalStft(configuration.window, configuration.window, configuration.hop)
        self.upper_bins = configuration.upper_bins

    def forward(self, audio: Tensor) -> Tensor:
        low, mirrored = self.split(audio[:, 0]).unbind(1)
        above = self.stft.analyze(mirrored)
        raised = self.envelope(self.seen(self.stft.analyze(low), above)).clamp(max=LOUDEST)
        gains: Tensor = (10 ** (raised / 2)).repeat_interleave(self.upper_bins // raised.shape[1], dim=1)
        shaped = F.pad(above[:, -self.upper_bins :] * gains, (0, 0, above.shape[1] - self.upper_bins, 0))
        extended: Tensor = (low + self.stft.synthesize(shaped))[:, None]
        return extended

    def seen(self, low: Tensor, above: Tensor) -> Tensor:
        """Of two spectra [batch, bins, frames], what the envelope is found in."""
        return torch.cat([self.bands.lower(low), self.bands.upper(above)], dim=1)
