"""The signal that a predictor of opinion scores listens to: the decoded alone, where there is something to judge."""

from __future__ import annotations

from codecbench.api import Abstain, Sample
from codecbench.metrics.pair import Signal, checked_signal, is_silent, require_seconds

SHORTEST_S = 1.0
"""Our choice. The listening tests behind these models had clips of 4 to 10 s; of less than a second of sound they judge
the silence, or the repetitions, that fill it up."""


def judged_signal(sample: Sample) -> Signal:
    """The decoded signal [samples] at 16 kHz.

    Raises:
        Abstain: it is silent, of which a predictor says 1.2 to 2.0 MOS as if it had heard something, or under a second.
        ValueError: not mono 16 kHz, or NaN.
    """
    signal = checked_signal(sample.decoded, "decoded")
    require_seconds(signal, SHORTEST_S)
    if is_silent(signal):
        raise Abstain("the decoded signal is silent: there is no speech to judge")
    return signal
