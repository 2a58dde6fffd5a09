"""How a codec looks, by number: the same colour, marker and dash in every figure and report, whatever the run."""

from __future__ import annotations

from collections.abc import Iterable
from itertools import count

ORDER = ("pcm", "opus", "codec2", "dac", "encodec", "eulerodec", "facodec", "ibpcodec", "ladiff", "vocodec")
"""The codecs that come with codecbench, with their usual weights. A codec that is added goes to the end."""
USUAL = ("default", "reference")


def number(codecs: Iterable[tuple[str, str]]) -> dict[tuple[str, str], int]:
    """Those of `ORDER` have their place in it; all others, further checkpoints too, the numbers after it, in turn.

    >>> number([("vocodec", "reference"), ("mine", "default"), ("pcm", "default"), ("vocodec", "paper")])
    {('vocodec', 'reference'): 9, ('mine', 'default'): 10, ('pcm', 'default'): 0, ('vocodec', 'paper'): 11}
    """
    found: dict[tuple[str, str], int] = {}
    free = count(len(ORDER))
    for codec, checkpoint in dict.fromkeys(codecs):
        own = ORDER.index(codec) if codec in ORDER and checkpoint in USUAL else None
        found[codec, checkpoint] = next(free) if own is None or own in found.values() else own
    return found
