from __future__ import annotations

from importlib import import_module
from typing import Any

import numpy as np
import pytest
from degraded_speech import CHANGES, degraded, sample_of
from hypothesis import given, settings
from hypothesis import strategies as st

from codecbench.api import Abstain, Audio, Sample
from codecbench.metrics.stoi import CARDS, ESTOI_CARD, STOI_CARD, Stoi

pytest.importorskip("pystoi")

RATE = 16000


def by_pystoi(sample: Sample) -> dict[str, float]:
    """What the package itself returns, for each of the two."""
    x, y = (audio.samples[0].astype(np.float64) for audio in (sample.reference, sample.decoded))
    function = import_module("pystoi").stoi
    return {STOI_CARD.id: function(x, y, RATE), ESTOI_CARD.id: function(x, y, RATE, extended=True)}


def values(sample: Sample) -> dict[str, float]:
    return {name: score.value for name, score in Stoi().score_all(sample).items()}


@pytest.mark.parametrize("change", CHANGES)
def test_both_are_what_pystoi_returns(change: str) -> None:
    for sample in degraded(change):
        assert values(sample) == pytest.approx(by_pystoi(sample), abs=1e-12)


@settings(deadline=None, max_examples=25)
@given(
    seconds=st.floats(0.4, 3.0), pause=st.floats(0.0, 0.9), level=st.floats(1e-3, 1.0), noise=st.floats(0.0, 3.0),
    seed=st.integers(0, 2**32 - 1),
)  # fmt: skip
def test_they_are_what_pystoi_returns_of_any_signal_or_abstain_where_it_has_too_little(
    seconds: float, pause: float, level: float, noise: float, seed: int
) -> None:
    rng = np.random.default_rng(seed)
    signal = level * rng.standard_normal(round(seconds * RATE))
    signal[: round(pause * len(signal))] *= 1e-4  # silent beside the rest: frames that are dropped
    decoded = signal + noise * level * rng.standard_normal(len(signal))
    sample = sample_of(Audio.mono(signal, RATE), Audio.mono(decoded, RATE))
    try:
        found = values(sample)
    except Abstain:
        with pytest.warns(RuntimeWarning, match="Not enough STFT frames"):
            assert set(by_pystoi(sample).values()) == {1e-5}
        return
    assert found == pytest.approx(by_pystoi(sample), abs=1e-9)


def test_too_little_speech_abstains_for_both() -> None:
    rng = np.random.default_rng(0)
    signal = np.concatenate([0.1 * rng.standard_normal(RATE // 4), 1e-6 * rng.standard_normal(RATE)])
    audio = Audio.mono(signal, RATE)
    with pytest.raises(Abstain, match=r"^too little speech: under 0.4 s is left without the silent frames$"):
        Stoi().score_all(sample_of(audio, audio))


def test_the_last_digit_repeats_whatever_was_drawn_before_and_numpys_generator_is_left_alone() -> None:
    (sample,) = degraded("noise", 1)
    first = values(sample)
    state: Any = np.random.get_state()
    np.random.standard_normal(1000)
    assert values(sample) == first
    np.random.set_state(state)
    values(sample)
    assert np.random.get_state()[2] == state[2]


def test_the_cards_band_is_that_of_pystois_filters() -> None:
    """To within the half bin by which pystoi rounds an edge; an upper edge is the first bin that is not seen."""
    pystoi = import_module("pystoi.stoi")
    filters, _ = import_module("pystoi.utils").thirdoct(pystoi.FS, pystoi.NFFT, pystoi.NUMBAND, pystoi.MINFREQ)
    bin_hz = pystoi.FS / pystoi.NFFT
    seen = np.flatnonzero(filters.any(axis=0))
    for card in CARDS:
        assert card.band == (
            pytest.approx(seen[0] * bin_hz, abs=bin_hz / 2),
            pytest.approx((seen[-1] + 1) * bin_hz, abs=bin_hz / 2),
        )
