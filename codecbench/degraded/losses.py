"""Packets that do not arrive: the same ones for every codec, by the time that they stand for."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from codecbench.api import Audio

SLOT_S = 0.02
"""A packet is lost with the slot of 20 ms in which it begins."""
BURST = 3.0
"""Slots that a burst of losses lasts on average."""


class Loss:
    """Each slot by itself, `percent` of them on average."""

    def __init__(self, percent: float | None) -> None:
        self.share = (percent or 0.0) / 100

    def degrade(self, audio: Audio, g: np.random.Generator) -> Audio:
        del g
        return audio

    def lost(self, times: NDArray[np.float64], g: np.random.Generator) -> NDArray[np.bool_]:
        slots = np.floor(times / SLOT_S + 1e-6).astype(int)
        gone = self.slots(int(slots.max(initial=-1)) + 1, g)
        found: NDArray[np.bool_] = gone[slots]
        return found

    def slots(self, count: int, g: np.random.Generator) -> NDArray[np.bool_]:
        """Of the first `count` slots, which are lost: a longer signal begins with those of a shorter one."""
        gone: NDArray[np.bool_] = g.random(count) < self.share
        return gone


class Bursts(Loss):
    """Gilbert's model (Bell System Technical Journal 39, 1960): a good state without losses and a bad one in which all
    is lost, three slots long on average.
    """

    def slots(self, count: int, g: np.random.Generator) -> NDArray[np.bool_]:
        leave = 1 / BURST
        enter = min(1.0, leave * self.share / max(1e-9, 1 - self.share))
        draws = g.random(count + 1)
        gone, bad = np.zeros(count, bool), bool(draws[0] < self.share)
        for slot in range(count):
            gone[slot] = bad
            bad = draws[slot + 1] >= leave if bad else draws[slot + 1] < enter
        return gone
