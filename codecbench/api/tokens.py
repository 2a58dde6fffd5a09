"""The base of codecs that turn audio into integer codes: bytes, padding and code statistics are done here once."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Callable, Mapping, Sequence
from typing import TYPE_CHECKING, Any, Protocol, runtime_checkable

import numpy as np

from codecbench.api.audio import Audio
from codecbench.api.codec import CodecCard
from codecbench.api.packets import FramePackets
from codecbench.api.points import OperatingPoint
from codecbench.codebooks import Codebook, CodeRows, as_codebooks, pack_rows, refuse_no_frame, unpack_rows

if TYPE_CHECKING:
    from torch import Tensor


@runtime_checkable
class HasCodes(Protocol):
    """A codec whose payloads are codes: the harness reads code use, entropy and entropy-coded size from them.

    Where codebooks have several rates it has a method `codebooks` as well, as `TokenCodec` has.
    """

    def codebook_sizes(self, point: OperatingPoint) -> Sequence[int]: ...

    def codes(self, payload: bytes, point: OperatingPoint) -> CodeRows: ...


@runtime_checkable
class HasStages(Protocol):
    """A codec whose cost can be counted. Each stage is a call that runs that part of the model, and only it."""

    def parameters(self) -> int: ...

    def stages(self, audio: Audio, point: OperatingPoint) -> Mapping[str, Callable[[], object]]:
        """Of `encoder`, `quantizer` and `decoder` those that exist."""
        ...


def codebooks_of(codec: HasCodes, point: OperatingPoint) -> tuple[Codebook, ...]:
    """The codebooks of any codec that has codes: those it states, else one code a frame of each of its sizes."""
    stated = getattr(codec, "codebooks", None)
    return as_codebooks(codec.codebook_sizes(point) if stated is None else stated(point))


class TokenCodec(FramePackets, ABC):
    """A codec of tokens: implement the two tensor methods, and state the codebooks of each operating point on its card
    (`OperatingPoint(3.0, {"codebooks": 4}, codebooks=(Codebook(1024),) * 4)`) or by `codebook_sizes`.

    Codes are a tensor [1, codebooks, frames] where each codebook has one code a frame. Where one has more, or is sent
    once an utterance (see `Codebook`), they are a list of tensors [1, codes], one a codebook.

    Other side information (scales, timbre) belongs into the payload too: such a codec overrides `encode` and `decode`
    as well, and adds its own bytes there.
    """

    card: CodecCard

    def codebooks(self, point: OperatingPoint) -> Sequence[Codebook]:
        """Those in use at `point`, in the order of the codes' rows: by default as the point states them.

        Raises TypeError where neither the point nor `codebook_sizes` says.
        """
        if point.codebooks:
            return point.codebooks
        if type(self).codebook_sizes is TokenCodec.codebook_sizes:
            raise TypeError(
                f"{self.card.spec} at {point}: the point states no codebooks; add codebooks=(Codebook(size), …) to "
                "its OperatingPoint, or implement codebook_sizes"
            )
        return as_codebooks(self.codebook_sizes(point))

    def codebook_sizes(self, point: OperatingPoint) -> Sequence[int]:
        """The size of each codebook in use at `point`, in the order of the codes' rows."""
        return [book.size for book in self.codebooks(point)]

    @abstractmethod
    def encode_codes(self, audio: Tensor, point: OperatingPoint) -> Tensor | Sequence[Tensor]:
        """`audio` [1, channels, samples] to codes [1, codebooks, frames], or to one tensor [1, codes] a codebook."""

    @abstractmethod
    def decode_codes(self, codes: Any, point: OperatingPoint) -> Tensor:
        """Codes, as `encode_codes` returns them, to audio [1, channels, samples]."""

    def encode(self, audio: Audio, point: OperatingPoint) -> bytes:
        import torch

        self.card.check_audio(audio)
        with torch.no_grad():
            codes = self.encode_codes(torch.from_numpy(audio.samples)[None], point)
        rows = codes[0] if isinstance(codes, torch.Tensor) else [row[0] for row in codes]
        return pack_rows([row.cpu().numpy() for row in rows], self.codebooks(point))

    def decode(self, payload: bytes, point: OperatingPoint) -> Audio:
        import torch

        books = self.codebooks(point)
        rows = [np.asarray(row) for row in self.codes(payload, point)]
        refuse_no_frame(rows, books, f"{self.card.spec} at {point}")
        codes: Any = (
            torch.from_numpy(np.stack(rows))[None]
            if all(book.is_plain for book in books)
            else [torch.from_numpy(row)[None] for row in rows]
        )
        with torch.no_grad():
            audio = self.decode_codes(codes, point)
        return Audio(audio[0].float().cpu().numpy(), self.card.decoded_rate)

    def codes(self, payload: bytes, point: OperatingPoint) -> CodeRows:
        """The codes of a payload: [codebooks, frames], or one row a codebook where they differ in length."""
        books = self.codebooks(point)
        rows = unpack_rows(payload, books)
        return np.stack(rows) if all(book.is_plain for book in books) else rows
