"""What the network learns from: bands of what VoCodec decodes, beside the upper band of the recording."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import soundfile
import torch
from codecbench_bandwidth import FOLDING
from codecbench_bandwidth.codec import BandwidthCodec, load_codec
from codecbench_bandwidth.config import CONFIGURATION
from torch import Tensor

from codecbench.api import Audio, CodecOptions, OperatingPoint, Utterance
from codecbench.audio import resample, to_mono
from codecbench.audio_files import read_audio
from codecbench.conditions import bandwidth_hz
from codecbench.weights import resolve

REACH_HZ = 11000.0
"""A recording that does not reach so far has nothing to learn from."""


@dataclass(frozen=True)
class Example:
    """Of an utterance at an operating point: `seen` [mels + bands, frames], and `wanted` [bands, frames], both as log10
    of power.
    """

    seen: Tensor
    wanted: Tensor
    seconds: float


class Extractor:
    """Codes speech with VoCodec's reference weights."""

    def __init__(self) -> None:
        self.codec: BandwidthCodec = load_codec(FOLDING, CodecOptions.of(FOLDING, resolve(FOLDING)))

    def examples(self, utterances: Iterable[Utterance]) -> Iterator[list[Example]]:
        """One list an utterance, an example for every other operating point; what is too narrow is left out."""
        for utterance in utterances:
            path = utterance.recording_path
            if not _reaches(path):
                continue
            audio = to_mono(resample(read_audio(path), CONFIGURATION.output_rate))
            yield [self._example(torch.from_numpy(audio.samples), point) for point in FOLDING.points[1::2]]

    @torch.no_grad()
    def _example(self, audio: Tensor, point: OperatingPoint) -> Example:
        """`audio` [1, samples] at the output's rate."""
        codec, extension = self.codec, self.codec.extension
        given = _at_the_inputs_rate(audio)
        decoded = codec.model.decoder(codec.dequantize(codec.encode_codes(given[None], point), point))
        low, mirrored = extension.split(decoded[:, 0]).unbind(1)
        low, mirrored, target = _whole(low, mirrored, audio)
        spectra = [extension.stft.analyze(one) for one in (low, mirrored, target)]
        wanted = extension.bands.upper(spectra[2])
        return Example(extension.seen(*spectra[:2])[0], wanted[0], audio.shape[-1] / CONFIGURATION.output_rate)


def _at_the_inputs_rate(audio: Tensor) -> Tensor:
    """`audio` [1, samples], resampled from the output's."""
    turned = resample(Audio(audio.numpy(), CONFIGURATION.output_rate), CONFIGURATION.sample_rate)
    return torch.from_numpy(turned.samples)


def _reaches(path: Path) -> bool:
    if soundfile.info(path).samplerate < CONFIGURATION.output_rate:
        return False
    return bandwidth_hz(read_audio(path)) >= REACH_HZ


def _whole(*signals: Tensor) -> Sequence[Tensor]:
    """Signals [1, samples] cut to the shortest in whole hops."""
    length = min(signal.shape[-1] for signal in signals) // CONFIGURATION.hop * CONFIGURATION.hop
    return [signal[..., :length] for signal in signals]
