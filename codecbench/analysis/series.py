"""Which of ten looks a codec has: of those that are in one run no two have the same number."""

from __future__ import annotations

from collections.abc import Iterable
from itertools import count

from codecbench.store.ids import CodecId

ORDER = ("pcm", "opus", "codec2", "dac", "encodec", "eulerodec", "facodec", "ibpcodec", "ladiff", "vocodec")
"""Codecs whose look is in published figures, with their usual weights: it stays. A codec that is added to codecbench
needs no place here; like an outsider's it takes the first number that the run leaves free."""


def number(codecs: Iterable[CodecId]) -> dict[CodecId, int]:
    """Those of `ORDER` have their place in it; all others, further checkpoints too, the numbers that are free, in turn.

    Ten colours and markers stand behind the numbers 0 to 9, so that up to ten codecs differ in both.

    >>> ids = [CodecId("vocodec", "reference"), CodecId("mine", "default"), CodecId("vocodec", "paper")]
    >>> {one.name: series for one, series in number(ids).items()}
    {'vocodec (reference)': 9, 'mine': 0, 'vocodec:paper': 1}
    """
    every = list(dict.fromkeys(codecs))
    own: dict[CodecId, int] = {}
    for one in every:
        if one.codec in ORDER and one.usual and ORDER.index(one.codec) not in own.values():
            own[one] = ORDER.index(one.codec)
    free = (series for series in count() if series not in own.values())
    return {one: own[one] if one in own else next(free) for one in every}
