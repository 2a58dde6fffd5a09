"""STOI (Taal et al., IEEE TASLP 19(7), 2011) and ESTOI (Jensen and Taal, IEEE/ACM TASLP 24(11), 2016) by pystoi.

Both look at the same short-time envelopes. Called twice, pystoi computes them twice: over half of what the two cost. So
its own functions are called here, in its order, and the envelopes are handed to both. The figures are the package's.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from importlib import import_module
from typing import Any

import numpy as np
from numpy.typing import NDArray

from codecbench.api import Abstain, MetricCard, Sample, Score, Unavailable
from codecbench.metrics.pair import RATE, Pair, PairMetric, checked_pair

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


CARDS = (STOI_CARD, ESTOI_CARD)
"""Of `Stoi`, in the order of registration."""

Segments = NDArray[np.float64]
"""[segments, bands, frames of a segment]"""


@dataclass(frozen=True, eq=False)
class Envelopes:
    """Segments of the one-third octave envelopes of original and decoded, without the original's silent frames."""

    reference: Segments
    decoded: Segments


class Stoi(PairMetric):
    """STOI and ESTOI. pystoi resamples to 10 kHz itself.

    Too little speech makes pystoi return 1e-5, a silent decoded signal 0.0: neither is a measurement (a correlation
    with nothing is undefined), so both abstain.
    """

    def __init__(self) -> None:
        """Raises Unavailable where pystoi is not installed."""
        _pystoi()

    def score_all(self, sample: Sample) -> dict[str, Score]:
        pair = checked_pair(sample)
        pair.require_seconds(SHORTEST_S)
        pair.require_sound()
        envelopes = find_envelopes(pair)
        return {STOI_CARD.id: Score(stoi(envelopes)), ESTOI_CARD.id: Score(estoi(envelopes))}


def find_envelopes(pair: Pair) -> Envelopes:
    """All that STOI and ESTOI have in common, as `pystoi.stoi.stoi` computes it. Raises Abstain for too few frames."""
    pystoi, utils = _pystoi()
    x, y = (utils.resample_oct(signal, pystoi.FS, RATE) for signal in (pair.reference, pair.decoded))
    frame = pystoi.N_FRAME
    x, y = utils.remove_silent_frames(x, y, pystoi.DYN_RANGE, frame, frame // 2)
    spectra = [utils.stft(signal, frame, pystoi.NFFT, overlap=2).transpose() for signal in (x, y)]  # [bins, frames]
    if spectra[0].shape[-1] < pystoi.N:
        raise Abstain(f"too little speech: under {SHORTEST_S:g} s is left without the silent frames")
    bands = [np.sqrt(np.matmul(pystoi.OBM, np.square(np.abs(spectrum)))) for spectrum in spectra]  # [bands, frames]
    return Envelopes(*(_segments(one, pystoi.N) for one in bands))


def stoi(envelopes: Envelopes) -> float:
    """Mean correlation of the bands' envelopes, the decoded's at the original's level and clipped at -15 dB SDR."""
    pystoi, utils = _pystoi()
    reference, decoded = envelopes.reference, envelopes.decoded
    level = _norm(reference) / (_norm(decoded) + utils.EPS)
    clipped = np.minimum(decoded * level, reference * (1 + 10 ** (-pystoi.BETA / 20)))
    units = []
    for segments in (clipped, reference):
        centred = segments - np.mean(segments, axis=2, keepdims=True)
        units.append(centred / (_norm(centred) + utils.EPS))
    return float(np.sum(units[0] * units[1]) / (reference.shape[0] * reference.shape[1]))


def estoi(envelopes: Envelopes) -> float:
    """Mean correlation of the segments' columns, rows and columns normalized."""
    pystoi, utils = _pystoi()
    with _repeatable():
        reference, decoded = (utils.row_col_normalize(one) for one in (envelopes.reference, envelopes.decoded))
    return float(np.sum(reference * decoded / pystoi.N) / len(reference))


def _segments(bands: NDArray[np.float64], length: int) -> Segments:
    """Every stretch of `length` frames. A copy in this order of axes: sums in another differ in the last digit."""
    return np.ascontiguousarray(np.lib.stride_tricks.sliding_window_view(bands, length, axis=1).transpose(1, 0, 2))


def _norm(segments: Segments) -> Segments:
    return np.asarray(np.linalg.norm(segments, axis=2, keepdims=True))


@contextmanager
def _repeatable() -> Iterator[None]:
    """ESTOI in pystoi adds random numbers of 2e-16, from numpy's global generator: enough to change the last digit."""
    state = np.random.get_state()
    np.random.seed(0)
    try:
        yield
    finally:
        np.random.set_state(state)


def _pystoi() -> tuple[Any, Any]:
    """The package's modules: the measure with its constants, and its functions."""
    try:
        return import_module("pystoi.stoi"), import_module("pystoi.utils")
    except ImportError as error:
        raise Unavailable(f"STOI needs pystoi ({error}); install it: pip install 'codecbench[quality]'") from error
