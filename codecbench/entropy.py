"""The size that codes would have under an entropy coder: a range coder with static probabilities per codebook.

The probabilities are counts of codes on *training* speech, kept beside the codec's weights. The coder is real
(`constriction`'s range coder, Bamler 2022, arXiv 2201.01741; range coding: Martin 1979) and its output decodes to the
same codes; an empirical entropy of the codes at hand is a bound, not a size, and is not what is given here.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any, Protocol

import numpy as np
from numpy.typing import NDArray

from codecbench.api import Audio, CodecCard, OperatingPoint
from codecbench.codebooks import Codebook, CodeRows, Row, as_codebooks, check_rows, fixed_bits
from codecbench.errors import PayloadError
from codecbench.weights import identity, location


@dataclass(frozen=True, eq=False)
class EntropyModel:
    """How often each code of each codebook occurred: one int64 [size] per codebook, of all codebooks of the codec.

    `weights_sha256` is the identity of the weights that made the codes, `seconds` the amount of training speech.
    """

    counts: tuple[NDArray[np.int64], ...]
    weights_sha256: str
    seconds: float

    def probabilities(self, codebook: int) -> NDArray[np.float64]:
        """Laplace's rule of succession: a code that training never saw can still be coded."""
        counts = self.counts[codebook].astype(np.float64) + 1.0
        probabilities: NDArray[np.float64] = counts / counts.sum()
        return probabilities


class Encoder(Protocol):
    """What `train_model` needs of a codec."""

    def encode(self, audio: Audio, point: OperatingPoint) -> bytes: ...

    def codebook_sizes(self, point: OperatingPoint) -> Sequence[int]: ...

    def codes(self, payload: bytes, point: OperatingPoint) -> CodeRows: ...


def compress(codes: CodeRows, books: Sequence[int | Codebook], model: EntropyModel) -> bytes:
    """`codes`, one row a codebook, by the range coder, codebook after codebook. A size stands for a plain codebook.

    The number of frames is not stored: it follows from the sample count, as it does for fixed-length codes.

    Raises:
        ValueError: the model is of other codebooks than `books`, or a code is outside its codebook.
    """
    import constriction

    known = as_codebooks(books)
    _check(known, model)
    encoder = constriction.stream.queue.RangeEncoder()
    for index, row in enumerate(check_rows(codes, known)):
        if known[index].size > 1:  # one code alone carries nothing
            encoder.encode(row.astype(np.int32), _categorical(model, index))
    words: NDArray[np.uint32] = encoder.get_compressed()
    return words.astype(">u4").tobytes().rstrip(b"\0")  # the decoder supplies the zeros again


def decompress(
    data: bytes, frames: int, books: Sequence[int | Codebook], model: EntropyModel
) -> tuple[Row, ...]:  # fmt: skip
    """The inverse of `compress`: one row a codebook.

    Raises:
        PayloadError: the data is not of this model.
    """
    import constriction

    known = as_codebooks(books)
    _check(known, model)
    words = np.frombuffer(data + b"\0" * (-len(data) % 4), dtype=">u4").astype(np.uint32)
    decoder = constriction.stream.queue.RangeDecoder(words)
    try:
        rows = [
            decoder.decode(_categorical(model, index), book.codes(frames))
            if book.size > 1
            else np.zeros(book.codes(frames), np.int32)
            for index, book in enumerate(known)
        ]
    except Exception as error:  # constriction raises AssertionError on impossible data
        raise PayloadError(f"{len(data)} bytes of entropy-coded data do not fit the model") from error
    return tuple(row.astype(np.int64) for row in rows)


def coded_bytes(codes: CodeRows, books: Sequence[int | Codebook], model: EntropyModel) -> int:
    """Bytes of `codes`, one row a codebook, when really coded with `model`."""
    return len(compress(codes, books, model))


def side_bytes(payload: bytes, codes: CodeRows, books: Sequence[int | Codebook]) -> int | None:
    """Bytes of `payload` beside its `codes`, one row a codebook: levels, timbres; the entropy coder leaves them be.

    The bits that fill up the codes' last byte are no side information. None where the payload is smaller than its
    codes are at fixed length: then it is coded in another way, and what is beside them cannot be told.
    """
    bits = 8 * len(payload) - fixed_bits(codes, as_codebooks(books))
    return None if bits < 0 else bits // 8


def train_model(
    codec: Encoder, signals: Iterable[Audio], point: OperatingPoint, weights_sha256: str
) -> EntropyModel:  # fmt: skip
    """Count the codes that `codec` makes of training `signals` at `point`, its highest."""
    counts = [np.zeros(size, dtype=np.int64) for size in codec.codebook_sizes(point)]
    seconds = 0.0
    for audio in signals:
        seconds += audio.seconds
        for total, row in zip(counts, codec.codes(codec.encode(audio, point), point), strict=True):
            total += np.bincount(np.asarray(row), minlength=len(total))
    return EntropyModel(tuple(counts), weights_sha256, seconds)


def model_path(card: CodecCard) -> Path | None:
    """Where the card's entropy model lies or would lie: beside its weights. None where it has no weights."""
    if card.weights is None:
        return None
    return location(card, card.weights).with_name(f"{card.name}-{card.checkpoint}-entropy.safetensors")


def save_model(model: EntropyModel, path: Path) -> None:
    from safetensors.numpy import save_file

    tensors = {f"counts.{index}": counts.astype(np.int32) for index, counts in enumerate(model.counts)}
    save_file(tensors, path, {"weights_sha256": model.weights_sha256, "seconds": f"{model.seconds:.1f}"})
    path.chmod(0o644)  # safetensors writes files that only their owner can read


def load_model(card: CodecCard, weights: Path | None) -> EntropyModel | None:
    """The entropy model of the card's codec with `weights`, None where there is none: the entropy-coded rate is "n/a".

    A model of other weights than these would say what codes cost that another codec makes.
    """
    path = model_path(card)
    if path is None or weights is None or not path.is_file():
        return None
    model = read_model(path)
    return model if model.weights_sha256 == identity(card, weights) else None


@cache
def read_model(path: Path) -> EntropyModel:
    """The model of a file that `save_model` wrote."""
    from safetensors import safe_open

    with safe_open(path, framework="numpy") as file:
        metadata = file.metadata() or {}
        counts = tuple(file.get_tensor(f"counts.{index}").astype(np.int64) for index in range(len(file.keys())))
    return EntropyModel(counts, metadata.get("weights_sha256", ""), float(metadata.get("seconds", 0)))


def _check(books: Sequence[Codebook], model: EntropyModel) -> None:
    known, sizes = [len(counts) for counts in model.counts], [book.size for book in books]
    if sizes != known[: len(sizes)]:
        raise ValueError(f"the entropy model is for codebooks of sizes {known}, not {sizes}")


def _categorical(model: EntropyModel, codebook: int) -> Any:
    import constriction

    return constriction.stream.model.Categorical(model.probabilities(codebook), perfect=False)
