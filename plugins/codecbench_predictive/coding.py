"""Codes to bytes by the predictor and a range coder, and back.

    frames    1 to 3 bytes   7 bits each, the lowest first, the eighth set where more follow
    check     2 bytes        of codes and predictor: a payload that was cut, or coded by other weights, is refused
    the rest                 `constriction`'s range coder (Bamler 2022, arXiv 2201.01741), flushed once, at the end

All bytes are part of the rate. In packets the coder would be flushed for each, which costs up to 4 bytes a packet.
"""

from __future__ import annotations

import zlib
from math import log2
from typing import Any

import constriction
import numpy as np
from numpy.typing import NDArray

from codecbench.errors import PayloadError
from codecbench_predictive.fixed import Fixed
from codecbench_predictive.predictor import Predictor

CHECK_BYTES = 2
LONGEST_COUNT = 3
"""Bytes of a number of frames: 2^21, 11 hours."""
SLACK_BITS = 96
"""A range coder's state: so much more than its bytes it may seem to hold."""
ROUNDED_BITS = 1e-3
"""At most so much less does a code take than its frequency says, which the coder rounds to 24 bits."""

Codes = NDArray[np.int64]
"""[codebooks, frames]"""


def compress(codes: Codes, predictor: Predictor, identity: bytes) -> bytes:
    """`identity` is of the weights that predict and of those that made the codes."""
    encoder = constriction.stream.queue.RangeEncoder()
    prediction = predictor.start(len(codes))
    for frame in codes.T.tolist():
        for code in frame:
            encoder.encode(code, _model(prediction.frequencies()))
            prediction.take(code)
    words: bytes = (
        encoder.get_compressed().astype(">u4").tobytes().rstrip(b"\0")
    )  # the decoder supplies the zeros again
    return _count(codes.shape[1]) + _check(codes, identity) + words


def decompress(payload: bytes, codebooks: int, predictor: Predictor, identity: bytes) -> Codes:
    """The inverse of `compress`. Raises PayloadError where the payload is none of this predictor's."""
    frames, place = _read_count(payload)
    check, data = payload[place : place + CHECK_BYTES], payload[place + CHECK_BYTES :]
    words = np.frombuffer(data + b"\0" * (-len(data) % 4), dtype=">u4").astype(np.uint32)
    decoder = constriction.stream.queue.RangeDecoder(words)
    prediction, left = predictor.start(codebooks), 8.0 * len(data) + SLACK_BITS
    codes = np.zeros((codebooks, frames), np.int64)
    try:
        for frame in range(frames):
            for book in range(codebooks):
                likely = prediction.frequencies()
                code = int(decoder.decode(_model(likely)))
                left += log2(likely[code] / likely.sum()) + ROUNDED_BITS
                prediction.take(code)
                codes[book, frame] = code
            if left < 0:
                raise PayloadError(f"its {len(payload)} bytes cannot hold the {frames} frames that it tells of")
    except (AssertionError, ValueError) as error:  # what constriction raises on impossible data
        raise PayloadError(f"its {len(payload)} bytes are none that this predictor writes") from error
    if check != _check(codes, identity):
        raise PayloadError(
            f"its {len(payload)} bytes do not give the codes that were coded: cut, damaged, or of other weights"
        )
    return codes


def _model(likely: Fixed) -> Any:
    """Whole numbers go in, which are scaled to 24 bits: with `lazy` for one code, as it costs least."""
    return constriction.stream.model.Categorical(likely, lazy=True)


def _check(codes: Codes, identity: bytes) -> bytes:
    number = zlib.crc32(np.ascontiguousarray(codes.T, "<u2").tobytes(), zlib.crc32(identity))
    return (number & 0xFFFF).to_bytes(CHECK_BYTES, "big")


def _count(frames: int) -> bytes:
    if not 0 < frames < 1 << 7 * LONGEST_COUNT:
        raise ValueError(f"{frames} frames: 1 to {(1 << 7 * LONGEST_COUNT) - 1} can be sent")
    parts = []
    while True:
        parts.append(frames & 0x7F | (0x80 if frames > 0x7F else 0))
        frames >>= 7
        if not frames:
            return bytes(parts)


def _read_count(payload: bytes) -> tuple[int, int]:
    """The number of frames, and how many bytes it took."""
    frames = 0
    for place, byte in enumerate(payload[:LONGEST_COUNT]):
        frames |= (byte & 0x7F) << 7 * place
        if byte < 0x80:
            if not frames:
                raise PayloadError("it tells of no frame")
            return frames, place + 1
    raise PayloadError(f"its {len(payload)} bytes begin with no number of frames")
