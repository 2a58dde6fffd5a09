"""The base of codecs that turn audio into integer codes: bytes, padding and code statistics are done here once."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Callable, Mapping, Sequence
from typing import TYPE_CHECKING, Protocol, runtime_checkable

from codecbench.api.audio import Audio
from codecbench.api.codec import CodecCard, OperatingPoint
from codecbench.bitstream import Codes, pack, unpack
from codecbench.errors import PayloadError

if TYPE_CHECKING:
    from torch import Tensor


@runtime_checkable
class HasCodes(Protocol):
    """A codec whose payloads are codes: the harness reads code use, entropy and entropy-coded size from them."""

    def codebook_sizes(self, point: OperatingPoint) -> Sequence[int]: ...

    def codes(self, payload: bytes, point: OperatingPoint) -> Codes: ...


@runtime_checkable
class HasStages(Protocol):
    """A codec whose cost can be counted. Each stage is a call that runs that part of the model, and only it."""

    def parameters(self) -> int: ...

    def stages(self, audio: Audio, point: OperatingPoint) -> Mapping[str, Callable[[], object]]:
        """Of `encoder`, `quantizer` and `decoder` those that exist."""
        ...


class TokenCodec(ABC):
    """A codec of tokens: implement the two tensor methods and `codebook_sizes`.

    Side information (scales, timbre) belongs into the payload too: such a codec overrides `encode` and `decode` as
    well, and adds its own bytes there.
    """

    card: CodecCard

    @abstractmethod
    def codebook_sizes(self, point: OperatingPoint) -> Sequence[int]:
        """The size of each codebook in use at `point`, in the order of the codes' rows."""

    @abstractmethod
    def encode_codes(self, audio: Tensor, point: OperatingPoint) -> Tensor:
        """`audio` [1, channels, samples] to codes [1, codebooks, frames]."""

    @abstractmethod
    def decode_codes(self, codes: Tensor, point: OperatingPoint) -> Tensor:
        """Codes [1, codebooks, frames] to audio [1, channels, samples]."""

    def encode(self, audio: Audio, point: OperatingPoint) -> bytes:
        import torch

        self.card.check_audio(audio)
        with torch.no_grad():
            codes = self.encode_codes(torch.from_numpy(audio.samples)[None], point)
        return pack(codes[0].cpu().numpy(), self.codebook_sizes(point))

    def decode(self, payload: bytes, point: OperatingPoint) -> Audio:
        import torch

        codes = self.codes(payload, point)
        if codes.shape[1] == 0:
            raise PayloadError(f"{self.card.spec} at {point}: the payload holds no frame")
        with torch.no_grad():
            audio = self.decode_codes(torch.from_numpy(codes)[None], point)
        return Audio(audio[0].float().cpu().numpy(), self.card.sample_rate)

    def codes(self, payload: bytes, point: OperatingPoint) -> Codes:
        """The codes [codebooks, frames] of a payload."""
        return unpack(payload, self.codebook_sizes(point))
