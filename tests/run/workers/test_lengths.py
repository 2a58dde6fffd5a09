from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from codecbench.api import Audio, CodecOptions
from codecbench.audio import resample, with_channels
from codecbench.cost.signals import speech_like
from codecbench.plugins import registry
from codecbench.run.workers.lengths import check_length, cut_level_db
from codecbench.store.rows import CUT_FLOOR_DB, CUT_SOUND_DB
from codecbench.weights import resolve

RATE = 16000
SPEECH = speech_like(RATE, RATE, 0).samples
OTHER = speech_like(RATE, RATE, 1).samples


def audio(*parts: np.ndarray) -> Audio:
    return Audio(np.concatenate(parts, axis=1).astype(np.float32), RATE)


@pytest.mark.parametrize("slack", [0, 320, 5954])
@pytest.mark.parametrize("seconds", [0.05, 0.5, 0.95])
def test_speech_after_the_end_fails(slack: int, seconds: float) -> None:
    """0.95 s of other speech behind every output: scored at PESQ 4.64 before."""
    tail = OTHER[:, : round(seconds * RATE)]
    if tail.shape[1] < slack + 320:
        check_length(audio(SPEECH, tail), RATE, slack, "decode")
        return
    with pytest.raises(ValueError, match=r"decode returned \d+ samples for 16000 with sound after the end"):
        check_length(audio(SPEECH, tail), RATE, slack, "decode")


def test_speech_before_the_beginning_pushes_the_end_out() -> None:
    with pytest.raises(ValueError, match="sound after the end"):
        check_length(audio(OTHER[:, :8000], SPEECH), RATE, 320, "decode")


def test_a_short_word_in_a_long_silence_is_found() -> None:
    silence = np.zeros((1, RATE))
    with pytest.raises(ValueError, match="sound after the end"):
        check_length(audio(SPEECH, silence, OTHER[:, :1600], silence), RATE, 320, "decode")


def test_padding_passes_however_long() -> None:
    hiss = 10 ** ((CUT_SOUND_DB - 20) / 20) * np.random.default_rng(0).standard_normal((1, 3 * RATE))
    check_length(audio(SPEECH, np.zeros((1, 3 * RATE))), RATE, 0, "decode")
    check_length(audio(SPEECH, hiss), RATE, 0, "decode")


def test_sound_after_silence_is_sound() -> None:
    with pytest.raises(ValueError, match="sound after the end"):
        check_length(audio(0 * SPEECH, 0.001 * OTHER), RATE, 0, "decode")


def test_what_is_missing() -> None:
    check_length(audio(SPEECH[:, :-800]), RATE, 0, "decode")
    check_length(audio(SPEECH[:, :-5000]), RATE, 5000, "decode")
    with pytest.raises(ValueError, match="bypass returned 15199 samples for 16000; allowed: 15200 or more"):
        check_length(audio(SPEECH[:, :-801]), RATE, 0, "bypass")


@pytest.mark.parametrize("spec", ["pcm", "opus", "codec2", "dac", "encodec", "eulerodec", "facodec", "ibpcodec",
                                  "ladiff", "vocodec"])  # fmt: skip
def test_what_decoders_pad_passes(spec: str) -> None:
    """Signals that end in the middle of a sound, at lengths around a frame's."""
    entry = registry().codec(spec)
    card = entry.card
    codec = entry.factory(CodecOptions(card.checkpoint, resolve(card)))
    for samples in (8000, 8001, 9599):
        source = with_channels(resample(speech_like(samples, RATE, 2), card.sample_rate), card.channels)
        for point in (card.points[0], card.points[-1]):
            decoded = codec.decode(codec.encode(source, point), point)
            slack = card.frame_at(point) + card.lookahead_at(point)
            check_length(decoded, source.length, slack, "decode")


@settings(deadline=None, max_examples=50)
@given(st.floats(-100, 20), st.integers(320, 8000))
def test_the_level_is_that_of_the_cut(level: float, length: int) -> None:
    tone = np.ones((1, RATE))
    cut = cut_level_db(audio(tone, 10 ** (level / 20) * tone[:, :length]), RATE)
    assert cut == pytest.approx(level, abs=0.01)


def test_both_ends_are_looked_at() -> None:
    late = audio(0.1 * SPEECH[:, :1600], SPEECH)
    assert cut_level_db(late, RATE) == pytest.approx(cut_level_db(audio(SPEECH, SPEECH[:, -1600:]), RATE), abs=20)
    lead = cut_level_db(late, RATE, lead=1600)
    assert lead is not None
    assert lead > CUT_SOUND_DB
    assert cut_level_db(audio(np.zeros((1, 1600)), SPEECH), RATE, lead=1600) == pytest.approx(CUT_FLOOR_DB)


def test_less_than_a_window_is_not_looked_at() -> None:
    assert cut_level_db(audio(SPEECH), RATE) is None
    assert cut_level_db(audio(SPEECH, OTHER[:, :319]), RATE) is None
