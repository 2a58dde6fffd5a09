"""STOI (Taal et al., IEEE TASLP 19(7), 2011) and ESTOI (Jensen and Taal, IEEE/ACM TASLP 24(11), 2016) by pystoi."""

from __future__ import annotations

import warnings
from collections.abc import Callable, Iterator
from contextlib import contextmanager

import numpy as np

from codecbench.api import Abstain, MetricCard, Sample, Score, Unavailable
from codecbench.metrics.pair import RATE, PairMetric, checked_pair

SHORTEST_S = 0.4
"""30 frames of 25.6 ms every 12.8 ms; and so much must be left when pystoi has dropped the silent frames."""

BAND = (134.0, 4276.0)
"""Hz: the outer edges of pystoi's 15 one-third octave bands, centred from 150 Hz on: 150 · 2^(-1/6), 150 · 2^(29/6)."""

STOI_CARD = MetricCard(
    id="stoi",
    title="STOI",
    version="1",
    description="Predicted intelligibility: correlation of short-time envelopes in one-third octave bands.",
    higher_is_better=True,
    low=-1.0,
    high=1.0,
    band=BAND,
)

ESTOI_CARD = MetricCard(
    id="estoi",
    title="ESTOI",
    version="1",
    description="STOI's extension for modulated distortions: correlation of spectro-temporal segments.",
    higher_is_better=True,
    low=-1.0,
    high=1.0,
    band=BAND,
)


class Stoi(PairMetric):
    """STOI or ESTOI, by its card. pystoi resamples to 10 kHz itself.

    Too little speech makes pystoi return 1e-5, a silent decoded signal 0.0: neither is a measurement (a correlation
    with nothing is undefined), so both abstain.
    """

    def __init__(self, card: MetricCard) -> None:
        self._extended = card is ESTOI_CARD
        self._stoi = _load()

    def score(self, sample: Sample) -> Score:
        pair = checked_pair(sample)
        pair.require_seconds(SHORTEST_S)
        pair.require_sound()
        with warnings.catch_warnings(record=True) as caught, _repeatable():
            warnings.simplefilter("always")
            value = float(self._stoi(pair.reference, pair.decoded, RATE, extended=self._extended))
        if any("Not enough STFT frames" in str(warning.message) for warning in caught):
            raise Abstain(f"too little speech: under {SHORTEST_S:g} s is left without the silent frames")
        return Score(value)


@contextmanager
def _repeatable() -> Iterator[None]:
    """ESTOI in pystoi adds random numbers of 2e-16, from numpy's global generator: enough to change the last digit."""
    state = np.random.get_state()
    np.random.seed(0)
    try:
        yield
    finally:
        np.random.set_state(state)


def _load() -> Callable[..., float]:
    try:
        from pystoi import stoi
    except ImportError as error:
        raise Unavailable(f"STOI needs pystoi ({error}); install it: pip install 'codecbench[quality]'") from error
    function: Callable[..., float] = stoi
    return function
