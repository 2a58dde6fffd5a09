"""How long a training is, and its learning rate: warm-up, constant, and a linear way down over the last fifth.

With a cosine, each budget would need a training of its own. With a constant rate, the trainings of all budgets share
one trunk, and each ends with a short way down of its own (Hägele et al. 2024, "Scaling Laws and Compute-Optimal
Training Beyond Fixed Training Durations": as good as a cosine). The trunk of one budget is the start of a larger one.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

WARM_UP = 100
"""Updates until the learning rate is at its peak."""
COOLED = 0.2
"""Share of a budget in which the rate falls."""
LAST = 0.02
"""Of the peak rate, at the end."""
SMALL = 6000
BUDGETS = {"quarter": SMALL // 4, "half": SMALL // 2, "small": SMALL, "medium": 4 * SMALL, "large": 16 * SMALL}
"""Updates. `small` is for a CPU, `large` for a GPU; the first two show the slope."""
START = "start"
"""Before the first update: no budget, but results have it in a budget's place."""
RATES = (1e-3, 3e-4, 1e-4)
"""The same for all codecs, the highest first."""


def budget_of(updates: int) -> str | None:
    """The budget of so many updates, `START` for none."""
    return START if updates == 0 else next((name for name, size in BUDGETS.items() if size == updates), None)


@dataclass(frozen=True)
class Leg:
    """A piece of training: until `until` updates, with the rate falling from `cooled_from` updates on, if at all."""

    until: int
    cooled_from: int | None = None

    @classmethod
    def whole(cls, updates: int) -> Leg:
        """All of a budget of `updates`."""
        return cls(updates, branch(updates))

    def rate(self, update: int, peak: float, begun: int = 0) -> float:
        """The learning rate of `update`, counted from 0, where the optimizer began with the update `begun`."""
        warm = min(1.0, (update - begun + 1) / WARM_UP)
        if self.cooled_from is None or update < self.cooled_from:
            return peak * warm
        return warm * float(np.interp(update, (self.cooled_from, self.until), (peak, LAST * peak)))


def branch(updates: int) -> int:
    """Where a budget of `updates` leaves the trunk."""
    return updates - round(COOLED * updates)
