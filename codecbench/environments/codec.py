"""A codec whose work is done in another environment: to the rest of codecbench it is one like any other."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from codecbench.api import Audio, Codebook, Codec, CodecCard, CodecOptions, CodeRows, OperatingPoint
from codecbench.codebooks import as_codebooks
from codecbench.environments.folders import made_interpreter
from codecbench.environments.process import SideError, SideProcess
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
        samples = np.ascontiguousarray(audio.samples, "<f4")
        header = {"shape": list(samples.shape), "sample_rate": audio.sample_rate, "point": _described(point)}
        return bytes(self._process.ask("encode", header, samples.tobytes()).body)

    def decode(self, payload: bytes, point: OperatingPoint) -> Audio:
        answer = self._process.ask("decode", {"point": _described(point)}, payload)
        samples = np.frombuffer(answer.body, "<f4").reshape(answer.header["shape"])
        return Audio(samples.astype(np.float32, copy=False), answer.header["sample_rate"])

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
        answer = self._process.ask("codes", {"point": _described(point)}, payload)
        lengths = [int(length) for length in answer.header["rows"]]
        codes = np.frombuffer(answer.body, "<i8").astype(np.int64)
        if len(set(lengths)) == 1:
            return codes.reshape(len(lengths), -1)
        return np.split(codes, np.cumsum(lengths)[:-1])


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
        try:
            opened = process.ask("open", {"side": str(side), "options": _described_options(self.card, options)})
        except SideError as error:
            _raised[self.card.spec, options] = error
            raise
        has = frozenset(map(str, opened.header["has"]))
        sized = "codebook_sizes" in has or all(point.codebooks for point in self.card.points)
        return (SideTokenCodec if "codes" in has and sized else SideCodec)(self.card, process, has)


_raised: dict[tuple[str, CodecOptions], SideError] = {}
"""What opening has raised in this process: asked for each utterance again, it would import a framework each time."""


def _described(point: OperatingPoint) -> dict[str, Any]:
    return {"label": point.label, "nominal_kbps": point.nominal_kbps, "settings": dict(point.settings)}


def _described_options(card: CodecCard, options: CodecOptions) -> dict[str, Any]:
    return {
        "checkpoint": options.checkpoint, "weights": None if options.weights is None else str(options.weights),
        "random_weights": options.weights is None and card.weights is not None, "device": options.device,
        "seed": options.seed, "settings": dict(options.settings),
    }  # fmt: skip
