"""Short-time Fourier transform and its inverse, frame by frame as samples arrive."""

from __future__ import annotations

import torch
from torch import Tensor
from torch.nn import functional as F

from codecbench_layers.causal import Causal


class CausalStft(Causal):
    """Frames that end where their last sample does.

    Frame `t` sees the samples from `(t + 1) hop - window` up to `(t + 1) hop`, so that it exists as soon as those do;
    an output sample is complete with the last frame that covers it: the latency is the window's length, exactly. A sine
    window, or its square for `hann`, serves on both sides; what its square does not sum to one is divided out, which
    needs a window of at least two hops, a multiple of the hop.

    There is no parameter here. FFTs are not counted as MACs. One object either analyzes or synthesizes a stream: what
    it remembers while streaming are its last samples.
    """

    window: Tensor
    envelope: Tensor

    def __init__(self, n_fft: int, window: int, hop: int, hann: bool = False) -> None:
        super().__init__()
        if window % hop or window < 2 * hop or n_fft < window:
            raise ValueError(f"a window of {window} must be a multiple of the hop, {hop}, and fit into {n_fft}")
        self.n_fft, self.hop, self.overlaps = n_fft, hop, window // hop
        sine = torch.sin(torch.pi / window * (torch.arange(window) + 0.5))  # no sample of it is zero
        self.register_buffer("window", sine.square() if hann else sine, persistent=False)
        self.register_buffer("envelope", self.window.square().view(-1, hop).sum(0), persistent=False)

    @property
    def bins(self) -> int:
        return self.n_fft // 2 + 1

    @property
    def history(self) -> int:
        """Samples of a frame that are older than its hop."""
        return self.hop * (self.overlaps - 1)

    def analyze(self, audio: Tensor) -> Tensor:
        """`audio` [batch, samples], a multiple of the hop, to a spectrum [batch, bins, samples / hop + overlaps - 1].

        The frames after the signal's end (zeros follow it) complete its last samples; while streaming, it is not known
        to end, and there are as many frames as hops.
        """
        if not self.is_streaming:
            audio = F.pad(audio, (0, self.history))
        frames = self.extend(audio, self.history).unfold(-1, len(self.window), self.hop)  # [batch, frames, window]
        spectrum: Tensor = torch.fft.rfft(frames * self.window, self.n_fft).transpose(1, 2)
        return spectrum

    def synthesize(self, spectrum: Tensor) -> Tensor:
        """A spectrum [batch, bins, frames] to audio [batch, (frames - overlaps + 1) hop]: what is complete.

        While streaming, [batch, frames hop]: the stream begins with `history` samples from before the signal.
        """
        frames = torch.fft.irfft(spectrum.transpose(1, 2), self.n_fft)[..., : len(self.window)] * self.window
        length = (spectrum.shape[-1] + self.overlaps - 1) * self.hop
        columns = frames.transpose(1, 2)  # [batch, window, frames]
        summed = F.fold(columns, (1, length), kernel_size=(1, len(self.window)), stride=(1, self.hop))[:, 0, 0]
        if self.is_streaming:
            past = F.pad(summed.new_zeros(len(summed), 0) if self._past is None else self._past, (0, length))
            summed = summed + past[:, :length]
            self._past = summed[:, length - self.history :]
        done: Tensor = summed[:, : length - self.history]
        done = (done.view(len(done), -1, self.hop) / self.envelope).flatten(1)
        return done if self.is_streaming else done[:, self.history :]
