"""Codecs whose encoder and decoder are programs: rows that name them, and rows whose programs the user names."""

from __future__ import annotations

import io
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Literal

import numpy as np
import soundfile
from numpy.typing import NDArray

from codecbench.api import Audio, Codec, CodecCard, CodecOptions, OperatingPoint, PayloadError, Unavailable
from codecbench_classic.bitstream_files import BitstreamFile
from codecbench_classic.programs import Program, ProgramFailed, ProgramStopped, parse_template
from codecbench_classic.samples import mono_samples, padded_frames, quantize
from codecbench_classic.units import Units, unit_bits


@dataclass(frozen=True)
class Programs:
    """`encoder` and `decoder` are command lines, from audio to `file` and back. `audio` is "wav" or, of 16 bit without
    a header, "raw". `delay` in samples, of both together and no more than the look-ahead, is cut from the output where
    the programs do not. `install` says how to get them.

    Placeholders: `{kbps}`, `{bps}`, and the operating point's settings by name.
    """

    encoder: str
    decoder: str
    file: BitstreamFile
    install: str
    audio: Literal["wav", "raw"] = "wav"
    delay: int = 0
    fill: str = "0000000"

    @property
    def settings(self) -> dict[str, Any]:
        return {}

    @property
    def means(self) -> str:
        return f"programs: {self.encoder.split()[0]}, {self.decoder.split()[0]}"

    def build(self, card: CodecCard, options: CodecOptions) -> Codec:
        del options
        encoder, decoder = (Program(line.split(), self.install) for line in (self.encoder, self.decoder))
        return ProgramCodec(card, self, encoder, decoder)


@dataclass(frozen=True)
class NamedPrograms(Programs):
    """Programs that the user names by the settings `encoder` and `decoder`; those of the row are the example."""

    @property
    def settings(self) -> dict[str, Any]:
        return {"encoder": "", "decoder": ""}

    @property
    def means(self) -> str:
        return "programs that you name"

    def build(self, card: CodecCard, options: CodecOptions) -> Codec:
        example = {"encoder": self.encoder, "decoder": self.decoder}
        lines = {name: str(options.settings.get(name, "")) for name in example}
        if not all(lines.values()):
            how = " ".join(f'--set {card.name}.{name}="{line}"' for name, line in example.items())
            raise Unavailable(f"{card.spec} needs programs that you name: {how}; {self.install}")
        known = ("kbps", "bps", *(name for name in card.points[0].settings if name not in ("kbps", "prefix")))
        encoder, decoder = (
            Program(parse_template(line, f"--set {card.name}.{name}", known), f"check --set {card.name}.{name}")
            for name, line in lines.items()
        )
        return ProgramCodec(card, self, encoder, decoder)


@dataclass(frozen=True)
class ProgramCodec:
    card: CodecCard
    call: Programs
    encoder: Program
    decoder: Program

    def encode(self, audio: Audio, point: OperatingPoint) -> bytes:
        what, units, frame = self._at(point), self._units(point), self.card.frame_at(point)
        padded = padded_frames(mono_samples(audio, self.card), frame, self.card.lookahead_at(point))
        count, seconds = len(padded), padded.size / self.card.sample_rate
        try:
            made = self.encoder.run(self._written(padded.reshape(-1)), _values(point), seconds)
            found = self.call.file.read(made)
        except (ProgramFailed, ProgramStopped, ValueError) as error:
            raise RuntimeError(f"{what}: encoder: {error}") from error
        if len(found) < count:
            raise RuntimeError(f"{what}: the encoder returned {len(found)} frames, expected {count}")
        return units.pack(b"".join(found[:count]), what)

    def decode(self, payload: bytes, point: OperatingPoint) -> Audio:
        what, rate = self._at(point), self.card.sample_rate
        units = self._units(point).unpack(payload, what)
        file = self.call.file.write(units, self.card, point)
        try:
            seconds = len(units) * self.card.frame_at(point) / rate
            samples = self._read(self.decoder.run(file, _values(point), seconds))
        except ProgramFailed as error:
            raise PayloadError(f"{what}: decoder: {error}") from error
        except ProgramStopped as error:
            raise RuntimeError(f"{what}: decoder: {error}") from error
        if len(samples) <= self.call.delay:
            raise PayloadError(f"{what}: the decoder made {len(samples)} samples of {len(payload)} bytes")
        return Audio.mono(samples[self.call.delay :], rate)

    def _at(self, point: OperatingPoint) -> str:
        return f"{self.card.name} at {point}"

    def _units(self, point: OperatingPoint) -> Units:
        return Units(unit_bits(self.card, point), bytes.fromhex(point.settings.get("prefix", "")), self.call.fill)

    def _written(self, samples: NDArray[np.float32]) -> bytes:
        counts = quantize(samples, 16).astype("<i2")
        if self.call.audio == "raw":
            return counts.tobytes()
        file = io.BytesIO()
        soundfile.write(file, counts, self.card.sample_rate, format="WAV", subtype="PCM_16")
        return file.getvalue()

    def _read(self, made: bytes) -> NDArray[np.float32]:
        """Of 16-bit samples, behind the header of a WAV file whose lengths may be wrong: it was written to a pipe."""
        start = made.find(b"data", 12) + 8 if made[:4] == b"RIFF" else 0
        counts = np.frombuffer(made[start : start + (len(made) - start) // 2 * 2], dtype="<i2")
        return (counts / 32768).astype(np.float32)


def _values(point: OperatingPoint) -> Mapping[str, str]:
    kbps = point.nominal_kbps or 0.0
    return {
        **{name: str(value) for name, value in point.settings.items()},
        "kbps": f"{kbps:g}", "bps": f"{1000 * kbps:.0f}",
    }  # fmt: skip
