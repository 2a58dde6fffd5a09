"""A given payload: bytes as an encoder writes them, or codes in an array, packed as the codec packs its own."""

from __future__ import annotations

import pickle
from pathlib import Path
from typing import Any

import numpy as np

from codecbench.api import Codec, CodecCard, HasCodes, OperatingPoint
from codecbench.api.tokens import codebooks_of
from codecbench.bitstream import Codes
from codecbench.codebooks import Codebook, CodeRows, frame_count, pack_rows
from codecbench.errors import PayloadError, one_line

NUMPY, TORCH = (".npy",), (".pt", ".pth")
"""Files of codes, by their ending: an array, a tensor. A file of any other ending is a payload's bytes."""


def read_payload(path: Path, codec: Codec, card: CodecCard, point: OperatingPoint) -> bytes:
    """The payload in `path` for `codec` at `point`. Codes are integers [codebooks, frames] or [1, codebooks, frames],
    in the order of the codec's codebooks.

    Raises:
        PayloadError: the file cannot be read, its codes are not of this point, or a payload of this codec has more than
            codes.
    """
    if path.suffix.lower() not in NUMPY + TORCH:
        try:
            return path.read_bytes()
        except OSError as error:
            raise PayloadError(f"payload '{path.name}' cannot be read: {error.strerror or error}") from error
    what = f"codes '{path.name}'"
    if not isinstance(codec, HasCodes):
        raise PayloadError(f"{what}: {card.spec} does not say how its payloads hold codes; give the payload's bytes")
    books = codebooks_of(codec, point)
    codes = _table(_array(path, what), books, f"{card.spec} at {point}", what)
    try:
        payload = pack_rows(codes, books)
    except ValueError as error:
        raise PayloadError(f"{what} of {card.spec} at {point}: {error}") from error
    if not _alike(codec.codes(payload, point), codes):
        raise PayloadError(f"{what}: a payload of {card.spec} at {point} holds more than codes; give its bytes")
    return payload


def coded_samples(payload: bytes, codec: Codec, card: CodecCard, point: OperatingPoint) -> int:
    """Samples at the card's rate that the frames of codes in `payload` stand for.

    Raises:
        PayloadError: the codec does not say how its payloads hold codes.
    """
    if not isinstance(codec, HasCodes):
        raise PayloadError(
            f"how long the utterance is, a payload of {card.spec} does not say: give seconds, or the recording's path, "
            "in the manifest"
        )
    books = codebooks_of(codec, point)
    frames = frame_count([np.asarray(row) for row in codec.codes(payload, point)], books)
    return frames * (card.hop or card.frame_at(point))


def _array(path: Path, what: str) -> Any:
    """Nothing in the file is executed."""
    try:
        if path.suffix.lower() in NUMPY:
            return np.load(path, allow_pickle=False)
        import torch

        loaded = torch.load(path, map_location="cpu", weights_only=True)
    except (OSError, ValueError, EOFError, RuntimeError, pickle.UnpicklingError) as error:
        raise PayloadError(f"{what} cannot be read: {one_line(error)[:200]}") from error
    if not isinstance(loaded, torch.Tensor):
        raise PayloadError(f"{what}: expected a tensor, got {type(loaded).__name__}")
    return loaded.to(torch.int64).numpy() if not loaded.is_floating_point() else loaded.float().numpy()


def _table(codes: Any, books: tuple[Codebook, ...], where: str, what: str) -> Codes:
    """`codes` as [codebooks, frames]."""
    if not all(book.is_plain for book in books):
        raise PayloadError(f"{what}: the codebooks of {where} are of several rates; give the payload's bytes")
    shape = codes.shape
    table = codes[0] if codes.ndim == 3 and len(codes) == 1 else codes
    if table.ndim != 2 or len(table) != len(books) or not np.issubdtype(table.dtype, np.integer):
        raise PayloadError(
            f"{what} are {codes.dtype} {list(shape)}; {where} has integers [{len(books)}, frames] or [1, {len(books)}, "
            "frames]"
        )
    made: Codes = table.astype(np.int64)
    return made


def _alike(read: CodeRows, given: Codes) -> bool:
    return len(read) == len(given) and all(np.array_equal(one, other) for one, other in zip(read, given, strict=True))
