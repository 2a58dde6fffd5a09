"""Bits that prediction saves: bytes of the same codes at fixed length, by the order-0 coder, and predicted."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from codecbench_layers.adapter import NetworkCodec
from codecbench_predictive import CARDS, WRAPPED, build
from codecbench_predictive.coding import compress, decompress
from tabulate import tabulate

from codecbench.api import CodecOptions, UsageError
from codecbench.codebooks import pack_rows
from codecbench.entropy import coded_bytes, load_model
from codecbench.training_speech import SAMPLE_RATE, Signal
from codecbench.weights import resolve
from recipes.prediction.job import codes_of


@dataclass
class PointBytes:
    """Bytes over all recordings at one operating point; `point` is the wrapped codec's."""

    point: str
    fixed: int = 0
    order_0: int = 0
    predicted: int = 0


@dataclass(frozen=True)
class Savings:
    """Of `codec`, over `seconds` of `recordings` recordings."""

    codec: str
    recordings: int
    seconds: float
    points: tuple[PointBytes, ...]

    def markdown(self) -> str:
        def kbps(count: int) -> str:
            return f"{8 * count / self.seconds / 1000:.3f}"

        def saved(count: int, of: int) -> str:
            return f"{100 * (1 - count / of):.1f} %"

        rows = [
            [one.point, kbps(one.fixed), kbps(one.order_0), kbps(one.predicted), saved(one.predicted, one.fixed),
             saved(one.predicted, one.order_0)]
            for one in self.points
        ]  # fmt: skip
        head = ["point", "fixed length", "order 0", "predicted", "saved of fixed", "saved of order 0"]
        table = tabulate(rows, headers=head, tablefmt="github", disable_numparse=True)
        return f"{self.codec}, {self.recordings} recordings, {self.seconds:.0f} s, kbps\n\n{table}"


def measure_savings(checkpoint: str, signals: Sequence[Signal], log: Callable[[str], None]) -> Savings:
    """Code `signals` at each point; each payload is decoded again. Codes of fewer codebooks are the first of all.

    Raises UsageError where the codec has no entropy model beside its weights, or a payload does not give its codes.
    """
    card = next(card for card in CARDS if card.checkpoint == checkpoint)
    wrapped, factory = WRAPPED[checkpoint]
    weights = resolve(wrapped)
    model = load_model(wrapped, weights)
    if model is None:
        raise UsageError(f"{wrapped.spec}: no entropy model of these weights; codecbench dev entropy-model makes one")
    plain: NetworkCodec = factory(CodecOptions.of(wrapped, weights))
    predictive: Any = build(CodecOptions.of(card, resolve(card)))
    points = [PointBytes(point.label) for point in wrapped.points]
    for number, signal in enumerate(signals, 1):
        table = codes_of(signal, plain, wrapped).astype(np.int64)
        for counted, point in zip(points, wrapped.points, strict=True):
            codes = table[: len(point.codebooks)]
            payload = compress(codes, predictive.predictor, predictive.identity)
            if not np.array_equal(
                decompress(payload, len(codes), predictive.predictor, predictive.identity), codes
            ):  # fmt: skip
                raise UsageError(f"{card.spec} at {point}: recording {number} does not decode to its codes")
            counted.fixed += len(pack_rows(codes, point.codebooks))
            counted.order_0 += coded_bytes(codes, point.codebooks, model)
            counted.predicted += len(payload)
        log(f"{number} of {len(signals)} recordings")
    seconds = sum(map(len, signals)) / SAMPLE_RATE
    return Savings(wrapped.spec, len(signals), seconds, tuple(points))
