"""The ways of using a codec that are compared with its plain one: a signal encoded, and decoded, at once."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from functools import partial
from typing import Any, TypeAlias

import numpy as np

from codecbench.api import Audio, Codec, CodecCard, HasCodes, HasStreams, OperatingPoint, TokenCodec
from codecbench.api.tokens import codebooks_of
from codecbench.codebooks import CodeRows, pack_rows

HELD = ("again", "stream", "second stream", "against")
"""What a codec has to give the very same by; the first word of a way's name. Others are told."""


@dataclass(frozen=True)
class Pace:
    """A stream fed a frame at a time: seconds of computing for each frame, and frames until there was a sample."""

    seconds: tuple[float, ...]
    frames_to_first: int
    seconds_to_first: float


@dataclass(frozen=True)
class Tried:
    """What came of a way: `audio` with its `seams` for a decoder's, `codes` for an encoder's; `absent` says why there
    is neither.
    """

    way: str
    audio: Audio | None = None
    seams: tuple[int, ...] = ()
    codes: CodeRows | None = None
    pace: Pace | None = None
    absent: str = ""
    instead: Audio | None = None
    """What `audio` is held to, where that is not the whole payload's."""


@dataclass(frozen=True)
class Subject:
    """A codec with a signal of its own: `payload` and what `decode` makes of it, `codes` where it has codes."""

    codec: Codec
    card: CodecCard
    point: OperatingPoint
    audio: Audio
    payload: bytes
    whole: Audio
    codes: CodeRows | None
    pieces: tuple[int, ...] = ()
    """Frames of the pieces that are tried."""
    context: int = 0
    """Frames before a piece that are decoded with it, and cut."""
    others: tuple[tuple[str, Codec, OperatingPoint], ...] = field(default=())
    """Further decoders of the same payload, each under the name of its way."""

    @classmethod
    def of(cls, codec: Codec, card: CodecCard, point: OperatingPoint, audio: Audio, **more: Any) -> Subject:
        payload = codec.encode(audio, point)
        codes = codec.codes(payload, point) if isinstance(codec, HasCodes) else None
        return cls(codec, card, point, audio, payload, codec.decode(payload, point), codes, **more)

    @property
    def plain(self) -> bool:
        """Whether its codes are a table [codebooks, frames], which can be cut into pieces."""
        if self.codes is None or not isinstance(self.codec, HasCodes):
            return False
        return all(book.is_plain for book in codebooks_of(self.codec, self.point))

    @property
    def packed(self) -> bool:
        """Whether its payload is its codes at fixed length, so that a part of the codes is a payload as well."""
        return self.plain and pack_rows(list(self.table), codebooks_of(self.codec, self.point)) == self.payload  # type: ignore[arg-type]

    @property
    def table(self) -> np.ndarray[Any, Any]:
        return np.stack([np.asarray(row) for row in (() if self.codes is None else self.codes)])


NOT_PACKED = "its payload is more than its codes at fixed length"

Way: TypeAlias = Callable[[Subject], Tried]


def ways(subject: Subject) -> Iterator[tuple[str, Way]]:
    """Name and function of each way that `subject` can be tried by; those that it cannot say so when called."""
    yield "again", _again
    if subject.codes is not None:
        yield "encoded again", _encoded_again
        for size in subject.pieces:
            yield f"encoded in {size} frames", partial(_encoded_in_pieces, size=size)
    if subject.card.streams:
        yield "stream of 1 frame", partial(_stream, size=1)
        for size in subject.pieces:
            yield f"stream of {size} frames", partial(_stream, size=size)
        yield "second stream", _second_stream
    if subject.plain:
        for size in subject.pieces:
            name = f"pieces of {size} frames" + (f", {subject.context} before" if subject.context else "")
            yield name, partial(_pieces, size=size)
        yield "batch of two", _batch
        for point in _cuts(subject):
            yield f"cut to {point.label}", partial(_cut, point=point)
    for name, codec, point in subject.others:
        yield name, partial(_elsewhere, codec=codec, point=point)


def _elsewhere(subject: Subject, codec: Codec, point: OperatingPoint) -> Tried:
    return Tried("", audio=codec.decode(subject.payload, point))


def _again(subject: Subject) -> Tried:
    """After another signal: nothing of it may be left."""
    half = Audio(subject.audio.samples[:, : subject.audio.length // 2], subject.audio.sample_rate)
    subject.codec.decode(subject.codec.encode(half, subject.point), subject.point)
    return Tried("", audio=subject.codec.decode(subject.payload, subject.point))


def _encoded_again(subject: Subject) -> Tried:
    return Tried("", codes=_codes(subject, subject.codec.encode(subject.audio, subject.point)))


def _encoded_in_pieces(subject: Subject, size: int) -> Tried:
    """Pieces of the signal, each encoded alone."""
    if not subject.plain:
        return Tried("", absent="its codes are no table of frames")
    hop = subject.card.hop or subject.card.frame_at(subject.point)
    samples = subject.audio.samples
    tables = []
    for start in range(0, samples.shape[1], size * hop):
        piece = Audio(samples[:, start : start + size * hop], subject.audio.sample_rate)
        codes = _codes(subject, subject.codec.encode(piece, subject.point))
        tables.append(np.stack([np.asarray(row) for row in codes]))
    return Tried("", codes=np.concatenate(tables, axis=1))


def _codes(subject: Subject, payload: bytes) -> CodeRows:
    assert isinstance(subject.codec, HasCodes)
    return subject.codec.codes(payload, subject.point)


def _stream(subject: Subject, size: int) -> Tried:
    audio, seams, pace = _streamed(subject, size)
    return Tried("", audio, seams, pace=pace if size == 1 else None)


def _second_stream(subject: Subject) -> Tried:
    """After a stream that ended in the middle of the signal."""
    assert isinstance(subject.codec, HasStreams)
    first = subject.codec.decode_stream(subject.point)
    first.push(subject.table[:, : subject.table.shape[1] // 2])
    first.finish()
    audio, seams, _ = _streamed(subject, max(subject.pieces, default=1))
    return Tried("", audio, seams)


def _streamed(subject: Subject, size: int) -> tuple[Audio, tuple[int, ...], Pace]:
    if not isinstance(subject.codec, HasStreams):
        raise TypeError("its card says streams, but it has no decode_stream(point)")
    table, stream = subject.table, subject.codec.decode_stream(subject.point)
    parts: list[Audio] = []
    seconds: list[float] = []
    first = None
    try:
        for start in range(0, table.shape[1], size):
            begun = time.perf_counter()
            parts.append(stream.push(table[:, start : start + size]))
            seconds.append(time.perf_counter() - begun)
            if first is None and parts[-1].length:
                first = len(parts)
    finally:  # a stream that is left open would disturb all that follows
        parts.append(stream.finish())
    audio, seams = _joined(parts)
    count = first or len(seconds)
    return audio, seams, Pace(tuple(seconds), count, sum(seconds[:count]))


def _pieces(subject: Subject, size: int) -> Tried:
    """Pieces of the codes, each decoded alone, as a server would that keeps no state."""
    if not subject.packed:
        return Tried("", absent=NOT_PACKED)
    table, parts, card = subject.table, [], subject.card
    hop = card.decoded_length(card.hop or card.frame_at(subject.point))
    for start in range(0, table.shape[1], size):
        before = min(start, subject.context)
        piece = table[:, start - before : start + size]
        decoded = _decoded(subject, piece)
        kept = (piece.shape[1] - before) * hop if before else decoded.length
        parts.append(Audio(decoded.samples[:, max(0, decoded.length - kept) :], decoded.sample_rate))
    audio, seams = _joined(parts)
    return Tried("", audio, seams)


def _decoded(subject: Subject, table: np.ndarray[Any, Any]) -> Audio:
    assert isinstance(subject.codec, HasCodes)
    payload = pack_rows(list(table), codebooks_of(subject.codec, subject.point))
    return subject.codec.decode(payload, subject.point)


def _cuts(subject: Subject) -> list[OperatingPoint]:
    """Points whose codebooks are the first ones of this point's: its payload can be cut to them."""
    assert isinstance(subject.codec, HasCodes)
    books = codebooks_of(subject.codec, subject.point)
    found = []
    for point in subject.card.points:
        fewer = codebooks_of(subject.codec, point)
        same_frames = subject.card.frame_at(point) == subject.card.frame_at(subject.point)
        if same_frames and len(fewer) < len(books) and books[: len(fewer)] == fewer:
            found.append(point)
    return found


def _cut(subject: Subject, point: OperatingPoint) -> Tried:
    """The first codebooks of the payload, decoded at `point`, beside the signal that is coded at it."""
    assert isinstance(subject.codec, HasCodes)
    if not subject.packed:
        return Tried("", absent=NOT_PACKED)
    books = codebooks_of(subject.codec, point)
    cut = subject.codec.decode(pack_rows(list(subject.table[: len(books)]), books), point)
    coded = subject.codec.decode(subject.codec.encode(subject.audio, point), point)
    return Tried("", audio=cut, instead=coded)


def _batch(subject: Subject) -> Tried:
    """The signal beside its own codes backwards, in one call of the network."""
    import torch

    if not isinstance(subject.codec, TokenCodec):
        return Tried("", absent="no TokenCodec: it has no tensors to put side by side")
    table = torch.from_numpy(subject.table)
    with torch.no_grad():
        both = subject.codec.decode_codes(torch.stack([table, table.flip(1)]), subject.point)
    return Tried("", audio=Audio(both[0].float().cpu().numpy(), subject.card.decoded_rate))


def _joined(parts: Sequence[Audio]) -> tuple[Audio, tuple[int, ...]]:
    sounding = [part for part in parts if part.length]
    ends = np.cumsum([part.length for part in sounding])
    samples = np.concatenate([part.samples for part in sounding], axis=1)
    return Audio(samples, sounding[0].sample_rate), tuple(int(end) for end in ends[:-1])
