from __future__ import annotations

import numpy as np
import pytest
from degraded_speech import sample_of

from codecbench.api import Abstain, Audio
from codecbench.metrics.fullband import CARDS, LSD_CARD, MEL_CARD, SI_SDR_CARD, FullBand
from codecbench.metrics.si_sdr import SiSdr
from codecbench.metrics.spectral import MEL_CARD as WIDE_MEL
from codecbench.metrics.spectral import SpectralDistances

RATE = 44100
NOISE = 0.1 * np.random.default_rng(0).standard_normal((2, RATE))
OTHER = 0.1 * np.random.default_rng(1).standard_normal((2, RATE))


def scores(reference: np.ndarray, decoded: np.ndarray, rate: int = RATE) -> dict[str, object]:
    found = FullBand().score_all(sample_of(Audio(reference, rate), Audio(decoded, rate)))
    return {name: one if isinstance(one, Abstain) else one.value for name, one in found.items()}


@pytest.mark.parametrize("gain_db", [-6.0, 3.0])
def test_a_gain_is_a_known_distance(gain_db: float) -> None:
    found = scores(NOISE, NOISE * 10 ** (gain_db / 20))
    assert found[LSD_CARD.id] == pytest.approx(abs(gain_db), rel=1e-3)
    assert found[MEL_CARD.id] == pytest.approx(2 * abs(gain_db) / 10, rel=1e-3)
    assert isinstance(found[SI_SDR_CARD.id], Abstain)
    assert "infinite" in str(found[SI_SDR_CARD.id])


def test_channels_count_alike() -> None:
    """Of a stereo pair with one channel lost, the distances are half of those of the lost channel alone."""
    half = np.stack([NOISE[0], OTHER[1]])
    both, one = scores(NOISE, half), scores(NOISE[1:], OTHER[1:])
    for card in (MEL_CARD, LSD_CARD):
        assert both[card.id] == pytest.approx(one[card.id] / 2)  # type: ignore[operator]


def test_a_channel_that_is_turned_down_is_an_error_of_the_image() -> None:
    moved = NOISE * np.array([[1.0], [0.5]])
    assert isinstance(scores(NOISE[1:], moved[1:])[SI_SDR_CARD.id], Abstain)
    assert 9 < scores(NOISE, moved)[SI_SDR_CARD.id] < 11  # type: ignore[operator]


def test_of_one_channel_at_16_khz_they_are_those_of_condition_wb() -> None:
    sample = sample_of(Audio(NOISE[:1, :16000], 16000), Audio(OTHER[:1, :16000], 16000))
    found = FullBand().score_all(sample)
    assert found[MEL_CARD.id].value == pytest.approx(SpectralDistances().score_all(sample)[WIDE_MEL.id].value)
    assert found[SI_SDR_CARD.id].value == pytest.approx(SiSdr().score(sample).value)


def test_they_see_what_lies_above_8_khz() -> None:
    spectrum = np.fft.rfft(NOISE)
    spectrum[:, 10000:] = 0  # a second at 44.1 kHz: 10 kHz
    assert scores(NOISE, np.fft.irfft(spectrum, RATE))[LSD_CARD.id] > 30  # type: ignore[operator]


@pytest.mark.parametrize(
    ("reference", "decoded", "error", "says"),
    [
        (NOISE, NOISE[:1], ValueError, "do not fit"),
        (NOISE, np.full_like(NOISE, np.nan), ValueError, "NaN"),
        (0 * NOISE, NOISE, Abstain, "the original is silent"),
        (NOISE[:, :2000], NOISE[:, :2000], Abstain, "too short"),
    ],
)
def test_what_has_no_figure(reference: np.ndarray, decoded: np.ndarray, error: type[Exception], says: str) -> None:
    with pytest.raises(error, match=says):
        scores(reference, decoded)


def test_a_silent_decoded_signal_is_far_away_and_no_ratio() -> None:
    found = scores(NOISE, 0 * NOISE)
    assert found[LSD_CARD.id] > 20  # type: ignore[operator]
    assert isinstance(found[SI_SDR_CARD.id], Abstain)
    assert {card.id for card in CARDS} == found.keys()
