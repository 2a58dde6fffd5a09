"""The reconstruction loss that every reference codec is trained with: spectra at several resolutions, no adversary."""

from __future__ import annotations

from dataclasses import dataclass

import torch
from codecbench_layers.mel import mel_filters
from torch import Tensor, nn

WINDOWS = (2048, 1024, 512, 256, 128)
MELS = (128, 80, 64, 32, 16)
OVERLAP = 4
"""Windows that each sample is in."""
COMPLEX_WINDOWS = (1024, 512, 256)
FLOOR = 1e-3
"""Below this magnitude, differences are not heard; it bounds the logarithm's gradient."""
NO_ERROR = 1e-20
"""Of a spectrum's summed squares: far below what single precision leaves of any difference."""


@dataclass(frozen=True)
class Reconstruction:
    """The two terms (scalars) and their weighted sum."""

    mel: Tensor
    complex: Tensor

    @property
    def total(self) -> Tensor:
        return self.mel + self.complex


class SpectralLoss(nn.Module):
    """Two terms: L1 between log mel spectra, and the relative error of complex spectra, which holds phase.

    The second is spectral convergence (Arik et al. 2018, eq. 6) on real and imaginary parts instead of magnitudes: it
    is 1 for silence, and low frequencies, which dominate it, are where phase can be learned first.
    """

    def __init__(self, sample_rate: int = 16000) -> None:
        super().__init__()
        for window, mels in zip(WINDOWS, MELS, strict=True):
            self.register_buffer(f"hann{window}", torch.hann_window(window), persistent=False)
            self.register_buffer(f"mel{window}", mel_filters(sample_rate, window, mels), persistent=False)

    def forward(self, decoded: Tensor, original: Tensor) -> Reconstruction:
        """Both [batch, 1, samples]."""
        mel, complex_ = [], []
        for window in WINDOWS:
            spectrum, bands = self._spectra(decoded, window)
            with torch.no_grad():
                target, target_bands = self._spectra(original, window)
            mel.append((bands - target_bands).abs().mean())
            if window in COMPLEX_WINDOWS:
                ours, theirs = torch.view_as_real(spectrum).flatten(1), torch.view_as_real(target).flatten(1)
                level = theirs.square().sum(1).sqrt().clamp(min=FLOOR * theirs.shape[1] ** 0.5)
                error = (ours - theirs).square().sum(1).clamp(min=NO_ERROR)  # a root has no slope at 0
                complex_.append((error.sqrt() / level).mean())
        return Reconstruction(torch.stack(mel).mean(), torch.stack(complex_).mean())

    def _spectra(self, audio: Tensor, window: int) -> tuple[Tensor, Tensor]:
        """Complex spectrum [batch, frames, bins] and log mel bands [batch, frames, bands].

        The spectrum is that of `torch.stft` with `normalized`.
        """
        hann = self.get_buffer(f"hann{window}") / window**0.5
        spectrum = torch.fft.rfft(frames(audio[:, 0], window) * hann)
        power = spectrum.real.square() + spectrum.imag.square()
        bands = (power + FLOOR**2 * 1e-2).sqrt() @ self.get_buffer(f"mel{window}").T
        return spectrum, (bands + FLOOR).log()


def frames(audio: Tensor, window: int) -> Tensor:
    """`audio` [batch, samples], mirrored at its ends, as overlapping [batch, frames, window], a quarter window apart.

    Put together of whole hops: the gradient of `torch.stft`, whose frames are views, adds up samples one by one, which
    made the loss take 1.5 times as long.
    """
    hop = window // OVERLAP
    padded = nn.functional.pad(audio[:, None], (window // 2, window // 2), mode="reflect")[:, 0]
    count = 1 + (padded.shape[1] - window) // hop
    hops = padded[:, : (count + OVERLAP - 1) * hop].reshape(len(padded), -1, hop)
    return torch.cat([hops[:, first : first + count] for first in range(OVERLAP)], dim=2)
