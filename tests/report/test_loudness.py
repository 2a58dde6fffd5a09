from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from codecbench.report.loudness import LARGEST_DB, match_loudness


def test_levels_are_matched_where_there_is_speech() -> None:
    g = np.random.default_rng(0)
    speech = np.concatenate([0.1 * g.standard_normal(8000), np.zeros(8000)]).astype(np.float32)
    hiss = speech * 0.5
    hiss[8000:] = 0.05 * g.standard_normal(8000)  # noise in the pause must not count
    match = match_loudness(speech, hiss, 16000)
    assert match.gain_db == pytest.approx(6.02, abs=0.01)
    assert match.text == "+6.0 dB"
    assert match_loudness(speech, 2 * speech, 16000).text == "−6.0 dB"
    assert match_loudness(speech, speech, 16000).text == "0.0 dB"


def test_no_match_clips_or_invents() -> None:
    tone = 0.5 * np.sin(np.arange(16000) * 0.05).astype(np.float32)
    peaky = (0.05 * tone).astype(np.float32)
    peaky[100] = 0.9
    limited = match_loudness(tone, peaky, 16000)
    assert limited.limited
    assert 0.9 * 10 ** ((limited.gain_db or 0) / 20) == pytest.approx(1.0)
    assert match_loudness(tone, np.zeros_like(tone), 16000).text == "not matched: silent"
    assert match_loudness(tone[:0], tone, 16000).gain_db is None


@given(st.floats(-60, 60), st.integers(0, 100))
def test_a_gain_neither_clips_nor_exceeds_its_limit(gain_db: float, seed: int) -> None:
    original = (0.05 * np.random.default_rng(seed).standard_normal(4000)).astype(np.float32)
    decoded = np.clip(original * 10 ** (gain_db / 20), -1, 1).astype(np.float32)
    match = match_loudness(original, decoded, 16000)
    if match.gain_db is not None:
        assert abs(match.gain_db) <= LARGEST_DB
        louder = float(np.abs(decoded).max()) * 10 ** (match.gain_db / 20)
        assert match.gain_db <= 0 or louder <= 1 + 1e-6


def test_a_decoded_signal_may_be_longer_or_shorter() -> None:
    original = (0.1 * np.random.default_rng(0).standard_normal(16000)).astype(np.float32)
    longer = np.concatenate([original / 2, np.ones(900, np.float32)])
    assert match_loudness(original, longer[:12345], 16000).gain_db == pytest.approx(6.02, abs=0.01)
