"""Units, F0 codes and a speaker vector: the codec."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from codecbench.api import Audio, Codebook, CodecCard, CodecOptions, CodeRows, OperatingPoint, PayloadError
from codecbench_units.checkpoint import Model, load_model
from codecbench_units.config import HOP
from codecbench_units.decoder import Conditions, source_of
from codecbench_units.features import active_frames, in_runs, mel_cepstra, nearest
from codecbench_units.payload import Accounting, Content, Layout, account, read, write
from codecbench_units.pitch import PITCH_HOP, track_pitch
from codecbench_units.prosody import Contour, PitchRange, contour, pitch_codes

Array = NDArray[np.float32]


@dataclass(frozen=True, eq=False)
class Analysis:
    """What is coded of a file before an operating point decides how: normalised `features` [frames, dimension], F0 in
    Hz each 10 ms, `speaker` [26] codes.
    """

    features: Array
    track: NDArray[np.float64]
    span: PitchRange
    speaker: NDArray[np.int64]


def analyze(samples: Array, model: Model) -> Analysis:
    """Of whole frames [frames * 320]."""
    features = model.normalized(model.features.of(samples))
    track = track_pitch(samples)
    span = PitchRange.of(track)
    cepstrum = mel_cepstra(samples)[active_frames(samples)].mean(0)
    speaker = np.append(model.grid.codes(cepstrum.astype(np.float64)), [span.mean_code, span.spread_code])
    return Analysis(features, track, span, speaker)


def coded(analysis: Analysis, layout: Layout, model: Model) -> Content:
    """`analysis`, whose frames are a multiple of the layout's, as what is sent. Runs are made long."""
    frames = layout.pitch_frames * HOP // PITCH_HOP
    units = (in_runs if layout.runs else nearest)(analysis.features, model.centres)
    return Content(analysis.speaker, units, pitch_codes(analysis.track, analysis.span, frames))


@dataclass(frozen=True, eq=False)
class Received:
    """What the decoder makes of a file's content before anything is synthesized."""

    conditions: Conditions
    contour: Contour

    @classmethod
    def of(cls, content: Content, layout: Layout, model: Model) -> Received:
        *cepstrum, mean, spread = content.speaker
        span = PitchRange(int(mean), int(spread))
        line = contour(content.pitch, span, layout.pitch_frames)
        return cls(Conditions.of(content.units, line, span, model.grid.values(np.array(cepstrum))), line)

    def source(self, seed: int) -> Tensor:
        """[1, 2, samples]"""
        return torch.from_numpy(source_of(self.contour, seed))[None]


def layout_of(point: OperatingPoint) -> Layout:
    return Layout(bool(point.settings["runs"]), int(point.settings["pitch_frames"]))


class UnitsCodec:
    """See the package. It has codes (`HasCodes`); `codes` of runs are the units frame by frame, as decoded."""

    def __init__(self, card: CodecCard, options: CodecOptions) -> None:
        self.card, self.seed, self.device = card, options.seed, torch.device(options.device)
        self.model = load_model(card, options)

    def encode(self, audio: Audio, point: OperatingPoint) -> bytes:
        self.card.check_audio(audio)
        return write(self._content(audio, layout_of(point)), layout_of(point))

    def decode(self, payload: bytes, point: OperatingPoint) -> Audio:
        layout = layout_of(point)
        received = Received.of(self.content(payload, point), layout, self.model)
        with torch.no_grad():
            audio = self.model.decoder(received.conditions.to(self.device), received.source(self.seed).to(self.device))
        return Audio(audio[0].clamp(-1, 1).cpu().numpy(), self.card.sample_rate)

    def content(self, payload: bytes, point: OperatingPoint) -> Content:
        """What a payload holds. Raises PayloadError where it is none of this codec at `point`."""
        try:
            return read(payload, layout_of(point))
        except PayloadError as error:
            raise PayloadError(f"{self.card.spec} at {point}: {error}") from error

    def accounting(self, payload: bytes, point: OperatingPoint) -> Accounting:
        """Bits of a payload by what they are for."""
        return account(self.content(payload, point), layout_of(point))

    def codebooks(self, point: OperatingPoint) -> tuple[Codebook, ...]:
        return point.codebooks

    def codebook_sizes(self, point: OperatingPoint) -> list[int]:
        return [book.size for book in point.codebooks]

    def codes(self, payload: bytes, point: OperatingPoint) -> CodeRows:
        """The speaker's codes, three rows of different sizes, then units and F0."""
        content = self.content(payload, point)
        return (content.speaker[:-2], content.speaker[-2:-1], content.speaker[-1:], content.units, content.pitch)

    def parameters(self) -> int:
        return self.model.parameters()

    def stages(self, audio: Audio, point: OperatingPoint) -> Mapping[str, Callable[[], object]]:
        """The decoder, and a self-supervised model as the encoder. Cepstra, F0 and the search of units are NumPy's, so
        that no counter sees them: they are in none.
        """
        layout = layout_of(point)
        received = Received.of(self._content(audio, layout), layout, self.model)
        given = received.conditions.to(self.device), received.source(self.seed).to(self.device)
        stages: dict[str, Callable[[], object]] = {"decoder": lambda: self.model.decoder(*given)}
        if hasattr(self.model.features, "parameters"):
            samples = _padded(audio, layout)
            stages["encoder"] = lambda: self.model.features.of(samples)
        return stages

    def _content(self, audio: Audio, layout: Layout) -> Content:
        return coded(analyze(_padded(audio, layout), self.model), layout, self.model)


def _padded(audio: Audio, layout: Layout) -> Array:
    """Zeros up to whole F0 blocks, at least one: [frames * 320]."""
    block = layout.pitch_frames * HOP
    blocks = max(1, -(-audio.length // block))
    return np.pad(audio.samples[0], (0, blocks * block - audio.length))
