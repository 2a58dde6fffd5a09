"""PESQ (ITU-T P.862; wideband P.862.2, narrowband mapped by P.862.1) by the C code of the `pesq` package.

The C code has three traps. It takes unequal lengths silently: the pair is checked before. It fails on silence: we
abstain before. And it has room for 50 utterances (MAXNUTTERANCES in its pesq.h) but counts on, writing past its arrays
into whatever lies behind them: the delays of other utterances first, so that a figure is wrong long before the process
dies. In its search an utterance is at least 50 windows of 4 ms of activity (MINUTTLENGTH) and pauses up to 50 windows
are closed (JOINSPEECHLGTH): 50 utterances and the start of another need more than 20.2 s, whatever the signal. How many
there are in a longer one, the package does not tell. So signals over 20 s are scored as the mean over equal segments of
at most 20 s, which the detail states. Segments without an utterance in the original are left out. A segment that only
the codec made silent is not: to leave it out would reward the codec for dropping it.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator
from itertools import pairwise
from typing import Any

import numpy as np

from codecbench.api import Abstain, Audio, MetricCard, Sample, Score, Unavailable
from codecbench.audio import resample
from codecbench.metrics.pair import RATE, Pair, PairMetric, checked_pair, is_silent

SHORTEST_S = 0.25
"""The C code refuses less than a quarter of a second."""

WINDOW_S = 0.004
UTTERANCES, LEAST_UTTERANCE, LONGEST_CLOSED_PAUSE = 50, 50, 50
"""Of the C code: room for so many utterances; windows of the shortest, and of the longest pause that parts none."""

HOLDS_S = UTTERANCES * (LEAST_UTTERANCE + LONGEST_CLOSED_PAUSE + 1) * WINDOW_S
"""20.2 s: the shortest signal with more utterances than that."""

LONGEST_S = 20.0
assert LONGEST_S < HOLDS_S

PARAMETERS = {"segment_s": LONGEST_S}

WB_CARD = MetricCard(
    id="pesq_wb",
    title="PESQ-WB",
    version="2",
    description="Perceived quality, wideband (ITU-T P.862.2), MOS-LQO.",
    unit="MOS",
    higher_is_better=True,
    low=0.999,
    high=4.644,
    band=(50.0, 7000.0),
    parameters=PARAMETERS,
)

NB_CARD = MetricCard(
    id="pesq_nb",
    title="PESQ-NB",
    version="2",
    description="Perceived quality, telephone band (ITU-T P.862 with P.862.1), MOS-LQO.",
    unit="MOS",
    higher_is_better=True,
    low=0.999,
    high=4.549,
    band=(300.0, 3400.0),
    sample_rate=8000,
    parameters=PARAMETERS,
)


class Pesq(PairMetric):
    """Wideband at 16 kHz or narrowband at 8 kHz (soxr), by its card. Its bounds are those of the mapping to MOS-LQO."""

    def __init__(self, card: MetricCard) -> None:
        self._card = card
        self._mode = "wb" if card is WB_CARD else "nb"
        self._pesq = _load()

    def score(self, sample: Sample) -> Score:
        pair = checked_pair(sample)
        pair.require_seconds(SHORTEST_S)
        pair.require_sound()
        segments = list(_segments(pair))
        dropped = sum(is_silent(part.decoded) and not is_silent(part.reference) for part in segments)
        if dropped:
            raise Abstain(f"the decoded signal is silent in {dropped} of {len(segments)} segments, the original is not")
        scores = [score for score in map(self._segment_score, segments) if score is not None]
        if not scores:
            raise Abstain("PESQ finds no utterance in the original")
        return Score(float(np.mean(scores)), detail={"segments": len(segments), "scored": len(scores)})

    def _segment_score(self, pair: Pair) -> float | None:
        """None where the segment of the original has no utterance."""
        from pesq import NoUtterancesError

        if is_silent(pair.reference):
            return None
        reference, decoded = self._at_rate(pair.reference), self._at_rate(pair.decoded)
        try:
            return float(self._pesq(self._card.sample_rate, reference, decoded, self._mode))
        except NoUtterancesError:
            return None

    def _at_rate(self, signal: Any) -> Any:
        return resample(Audio.mono(signal, RATE), self._card.sample_rate).samples[0]


def _segments(pair: Pair) -> Iterator[Pair]:
    count = max(1, math.ceil(pair.seconds / LONGEST_S))
    edges = np.linspace(0, len(pair.reference), count + 1).round().astype(int)
    for start, end in pairwise(edges):
        yield Pair(pair.reference[start:end], pair.decoded[start:end])


def _load() -> Callable[..., float]:
    try:
        from pesq import pesq
    except ImportError as error:
        raise Unavailable(
            f"PESQ needs the package pesq ({error}); install it (needs a C compiler): pip install 'codecbench[quality]'"
        ) from error
    function: Callable[..., float] = pesq
    return function
