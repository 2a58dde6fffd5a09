"""Arithmetic that gives the same bits wherever it runs: an entropy coder's model must, or nothing decodes.

Numbers are multiples of 1/4096, held as whole numbers in float64. Products and sums of such numbers below 2^53 are
exact, so a matrix product does not depend on the order of summation, on threads or on the processor; divisions are
rounded as IEEE 754 prescribes, and then to whole numbers. No exponential and no hyperbolic tangent is computed:
libraries differ in their last bit.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

ONE = 4096.0
"""The number 1."""
FRACTION_BITS = 12

Fixed = NDArray[np.float64]
"""Whole numbers: multiples of 1 / ONE."""

STEPS = 128
"""Of the table of powers, an octave."""
OCTAVES = 20
"""A code is given at most 2^-20 of the most likely one's probability."""
POWERS: Fixed = np.array([round(2 ** (OCTAVES - step / STEPS)) for step in range(OCTAVES * STEPS + 1)], np.float64)


def fixed(values: NDArray[np.floating]) -> Fixed:
    """The nearest multiples of 1 / ONE."""
    return np.rint(np.asarray(values, np.float64) * ONE)


def product(matrix: Fixed, vector: Fixed) -> Fixed:
    """`matrix` [..., n] times `vector` [n], both fixed."""
    return np.rint(matrix @ vector / ONE)


def softsign(values: Fixed) -> Fixed:
    """x / (1 + |x|), which takes the place of tanh."""
    return np.rint(ONE * values / (ONE + np.abs(values)))


def frequencies(logits: Fixed) -> Fixed:
    """Whole numbers in proportion to 2^logits, one at least."""
    below = np.minimum((logits.max() - logits) // (ONE / STEPS), OCTAVES * STEPS)
    likely: Fixed = POWERS[below.astype(np.int64)]
    return likely
