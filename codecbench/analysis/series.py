"""How a codec looks, by number: the same colour, marker and dash in every figure and report, whatever the run."""

from __future__ import annotations

from collections.abc import Iterable
from itertools import count

from codecbench.store.ids import CodecId

ORDER = ("pcm", "opus", "codec2", "dac", "encodec", "eulerodec", "facodec", "ibpcodec", "ladiff", "vocodec")
"""Codecs whose look is in published figures, with their usual weights: it stays. A codec that is added to codecbench
needs no place here; like an outsider's it takes the next free number."""


def number(codecs: Iterable[CodecId]) -> dict[CodecId, int]:
    """Those of `ORDER` have their place in it; all others, further checkpoints too, the numbers after it, in turn.

    >>> ids = [CodecId("vocodec", "reference"), CodecId("mine", "default"), CodecId("vocodec", "paper")]
    >>> {one.name: series for one, series in number(ids).items()}
    {'vocodec (reference)': 9, 'mine': 10, 'vocodec:paper': 11}
    """
    numbers: dict[CodecId, int] = {}
    free = count(len(ORDER))
    for one in dict.fromkeys(codecs):
        own = ORDER.index(one.codec) if one.codec in ORDER and one.usual else None
        numbers[one] = next(free) if own is None or own in numbers.values() else own
    return numbers
