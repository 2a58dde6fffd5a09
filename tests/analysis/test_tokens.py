from __future__ import annotations

import numpy as np
import pytest

from codecbench.analysis.tokens import token_rate
from codecbench.api import Codebook, CodecCard, OperatingPoint
from codecbench.store.facts import CodecFacts
from codecbench.store.rows import CodingRow

MIMI = (Codebook(2048),) * 8
SNAC = (Codebook(4096), Codebook(4096, per_frame=2), Codebook(4096, per_frame=4))


def coding(books: tuple[Codebook, ...], frames: int, seconds: float) -> CodingRow:
    rows = tuple(np.zeros(book.codes(frames), np.uint32) for book in books)
    return CodingRow("k", "c", "d", "p", None, "u", 0, "ok", None, 10, seconds, codebooks=books, codes=rows)


def facts(frame: int, rate: int, **point: object) -> CodecFacts:
    return CodecFacts.of(CodecCard("c", rate, (OperatingPoint(None, name="p", **point),), frame=frame))  # type: ignore[arg-type]


def test_mimi_by_hand() -> None:
    """12.5 Hz x 8 codebooks of 11 bits: 100 tokens a second, 1.1 kbps."""
    rate = token_rate([coding(MIMI, 25, 2.0)] * 3, facts(1920, 24000, depth="trained"), "p")
    assert rate is not None
    assert (rate.frame_rate, rate.frames_per_s, rate.tokens_per_s, rate.depth) == (12.5, 12.5, 100.0, "trained")
    assert rate.kbps == pytest.approx(1.1)
    assert rate.told == "8 × 2048"


def test_padding_frames_and_tokens_of_the_utterance_count() -> None:
    books = (Codebook(4096, per_utterance=32), Codebook(8192))
    rate = token_rate([coding(books, 51, 1.0)], facts(320, 16000), "p")
    assert rate is not None
    assert (rate.frame_rate, rate.frames_per_s, rate.tokens_per_s) == (50.0, 51.0, 83.0)
    assert rate.kbps == pytest.approx((32 * 12 + 51 * 13) / 1000)


def test_codebooks_of_several_rates() -> None:
    rate = token_rate([coding(SNAC, 375, 32.0)], facts(2048, 24000), "p")
    assert rate is not None
    assert rate.frame_rate == pytest.approx(24000 / 2048)
    assert rate.tokens_per_s == pytest.approx(7 * 375 / 32)


def test_a_codec_without_a_hop_has_the_rate_that_was_sent() -> None:
    rate = token_rate([coding((Codebook(256), Codebook(256)), 30, 2.0)], facts(1, 16000), "p")
    assert rate is not None
    assert (rate.frame_rate, rate.frames_per_s) == (None, 15.0)


def test_a_codec_without_codes_has_none() -> None:
    assert token_rate([CodingRow("k", "c", "d", "p", None, "u", 0, "ok", None, 10, 1.0)], facts(1, 16000), "p") is None
