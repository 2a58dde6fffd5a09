"""When to give up: what hangs or crashes again and again is not tried on every utterance."""

from __future__ import annotations

from collections import Counter

from codecbench.store.answers import Failure

LIMIT = 3
"""So many processes lost, and the rest is not attempted: each could cost minutes."""


class Attempts:
    """Counts the processes that each of several names (operating points, metrics) took down."""

    def __init__(self) -> None:
        self._lost: Counter[str] = Counter()

    def record(self, name: str, value: object) -> None:
        """Count `value`, a task's result, where it is the failure of a process that died or was killed."""
        self._lost[name] += isinstance(value, Failure) and value.fatal

    def exhausted(self, name: str) -> bool:
        return self._lost[name] >= LIMIT
