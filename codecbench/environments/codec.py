"""A codec whose work is done in another environment: to the rest of codecbench it is one like any other."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from codecbench.api import Audio, Codebook, Codec, CodecCard, CodecOptions, CodeRows, OperatingPoint
from codecbench.codebooks import as_codebooks, pack_rows, refuse_no_frame, unpack_rows
from codecbench.environments.folders import made_interpreter
from codecbench.environments.process import SideError, SideProcess
from codecbench.environments.protocol import Message
from codecbench.environments.side import side_file


@dataclass(frozen=True)
class SideSeconds:
    """Wall and CPU time of calls, as the process that does the work counts them."""

    wall: float
    cpu: float


class SideCodec:
    """A codec by way of its process. Raises as `SideProcess.ask` wherever it is called."""

    def __init__(self, card: CodecCard, process: SideProcess, has: frozenset[str]) -> None:
        self.card, self._process, self._has = card, process, has

    def encode(self, audio: Audio, point: OperatingPoint) -> bytes:
        self.card.check_audio(audio)
        return bytes(self._process.ask("encode", *_audio(audio, point)).body)

    def decode(self, payload: bytes, point: OperatingPoint) -> Audio:
        return _decoded(self._process.ask("decode", {"point": _described(point)}, payload))

    def parameters(self) -> int | None:
        """As the side counts them; None where it does not."""
        if "parameters" not in self._has:
            return None
        return int(self._process.ask("parameters", {}).header["parameters"])

    @property
    def seconds(self) -> SideSeconds:
        """What all calls so far have taken."""
        return SideSeconds(self._process.wall_s, self._process.cpu_s)

    @property
    def pid(self) -> int:
        """The process that does the work."""
        return self._process.pid

    def close(self) -> None:
        """End the process."""
        self._process.close()


class SideTokenCodec(SideCodec):
    """One whose side says which codes are in a payload."""

    def codebooks(self, point: OperatingPoint) -> Sequence[Codebook]:
        """As the point states them, else by the side's `codebook_sizes`."""
        return point.codebooks or as_codebooks(self._sizes(point))

    def codebook_sizes(self, point: OperatingPoint) -> Sequence[int]:
        return [book.size for book in self.codebooks(point)]

    def _sizes(self, point: OperatingPoint) -> Sequence[int]:
        sizes: list[int] = self._process.ask("codebook_sizes", {"point": _described(point)}).header["sizes"]
        return sizes

    def codes(self, payload: bytes, point: OperatingPoint) -> CodeRows:
        """One row a codebook; [codebooks, frames] where all have as many codes."""
        return self._rows(self._process.ask("codes", {"point": _described(point)}, payload))

    @staticmethod
    def _rows(answer: Message) -> CodeRows:
        lengths = [int(length) for length in answer.header["rows"]]
        codes = np.frombuffer(answer.body, "<i8").astype(np.int64)
        if len(set(lengths)) == 1:
            return codes.reshape(len(lengths), -1)
        return np.split(codes, np.cumsum(lengths)[:-1])


class PackedSideCodec(SideTokenCodec):
    """One whose side turns audio into codes and back: their bytes are made here, by the codebooks of its points."""

    def encode(self, audio: Audio, point: OperatingPoint) -> bytes:
        self.card.check_audio(audio)
        rows = self._rows(self._process.ask("encode_codes", *_audio(audio, point)))
        with self._process.own_time():
            return pack_rows(rows, self.codebooks(point))

    def decode(self, payload: bytes, point: OperatingPoint) -> Audio:
        books = self.codebooks(point)
        with self._process.own_time():
            rows = unpack_rows(payload, books)
        refuse_no_frame(rows, books, f"{self.card.spec} at {point}")
        body = b"".join(row.astype("<i8").tobytes() for row in rows)
        header = {"rows": [len(row) for row in rows], "point": _described(point)}
        return _decoded(self._process.ask("decode_codes", header, body))

    def codes(self, payload: bytes, point: OperatingPoint) -> CodeRows:
        return unpack_rows(payload, self.codebooks(point))


@dataclass(frozen=True)
class SideFactory:
    """The factory of a codec with an environment of its own, which its plugin registers without one.

    `module` is that of the plugin, beside which the side's file is.
    """

    card: CodecCard
    module: str

    @property
    def factory_module(self) -> str:
        """Whose sources decide what the codec computes: see `codecbench.plugins.sources`."""
        return self.module

    def __call__(self, options: CodecOptions) -> Codec:
        """Start the side's process and open the codec in it.

        Raises:
            Unavailable: its environment has not been made, or lacks a package.
            SideError, ProcessLost: as `SideProcess.ask`.
        """
        environment = self.card.environment
        assert environment is not None
        if (self.card.spec, options) in _raised:
            raise _raised[self.card.spec, options]
        side = side_file(environment, self.module)
        process = SideProcess(options.interpreter or made_interpreter(self.card.spec, environment), self.card.spec)
        header = {
            "side": str(side), "empty_modules": list(environment.empty_modules),
            "options": _described_options(self.card, options),
        }  # fmt: skip
        try:
            opened = process.ask("open", header)
        except SideError as error:
            _raised[self.card.spec, options] = error
            raise
        has = frozenset(map(str, opened.header["has"]))
        return self._kind(has)(self.card, process, has)

    def _kind(self, has: frozenset[str]) -> type[SideCodec]:
        if not ("codebook_sizes" in has or all(point.codebooks for point in self.card.points)):
            return SideCodec
        if {"encode_codes", "decode_codes"} <= has:
            return PackedSideCodec
        return SideTokenCodec if "codes" in has else SideCodec


_raised: dict[tuple[str, CodecOptions], SideError] = {}
"""What opening has raised in this process: asked for each utterance again, it would import a framework each time."""


def _audio(audio: Audio, point: OperatingPoint) -> tuple[dict[str, Any], bytes]:
    """The header and body of a request to encode."""
    samples = np.ascontiguousarray(audio.samples, "<f4")
    header = {"shape": list(samples.shape), "sample_rate": audio.sample_rate, "point": _described(point)}
    return header, samples.tobytes()


def _decoded(answer: Message) -> Audio:
    samples = np.frombuffer(answer.body, "<f4").reshape(answer.header["shape"])
    return Audio(samples.astype(np.float32, copy=False), answer.header["sample_rate"])


def _described(point: OperatingPoint) -> dict[str, Any]:
    return {"label": point.label, "nominal_kbps": point.nominal_kbps, "settings": dict(point.settings)}


def _described_options(card: CodecCard, options: CodecOptions) -> dict[str, Any]:
    return {
        "checkpoint": options.checkpoint, "weights": None if options.weights is None else str(options.weights),
        "random_weights": options.weights is None and card.weights is not None, "device": options.device,
        "seed": options.seed, "settings": dict(options.settings),
    }  # fmt: skip
