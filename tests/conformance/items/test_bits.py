from __future__ import annotations

from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest

from codecbench.api import Codebook
from codecbench.conformance.items.bits import code_use
from codecbench.conformance.result import CheckResult

ONCE, FRAMED = Codebook(256, per_utterance=1), Codebook(16)


def found(books: tuple[Codebook, ...], codes: list[np.ndarray]) -> CheckResult:
    """Of a bench on which one utterance was coded into `codes`."""
    answer = SimpleNamespace(made=[SimpleNamespace(codes=codes, codebooks=books, error=None)])
    bench: Any = SimpleNamespace(
        affordable=lambda *_: 2.0, high=SimpleNamespace(label="6"), excerpt=lambda _: None, run=lambda *_: answer
    )
    (result,) = code_use(bench)
    return result


@pytest.mark.parametrize(("books", "codes", "outcome", "seen"), [
    ((ONCE, FRAMED), [np.array([7]), np.arange(160) % 16], "pass", "codebook 2 of 2: 16 of 16 entries"),
    ((ONCE, FRAMED), [np.array([7]), np.zeros(160, int)], "fail", "codebook 2 of 2: 1 of 16 entries"),
    ((ONCE,), [np.array([7])], "skip", "all of its codes are sent once an utterance"),
])  # fmt: skip
def test_what_is_sent_once_has_no_entropy_in_one_utterance(
    books: tuple[Codebook, ...], codes: list[np.ndarray], outcome: str, seen: str
) -> None:
    result = found(books, codes)
    assert result.outcome == outcome
    assert seen in result.seen
