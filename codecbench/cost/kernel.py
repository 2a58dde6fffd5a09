"""A fixed piece of work that shows how fast the machine is at the moment.

Neighbours on a shared processor slow a codec down without taking its CPU time away: figures of one codec ran from .033
to .074 with wall and CPU time alike. They slow this down as well. It is a matrix product of a fixed size, on one thread
where the process was started with one (`codecbench.run.pool.THREAD_VARIABLES`).
"""

from __future__ import annotations

import time
from collections.abc import Sequence

import numpy as np

SIZE = 192
PRODUCTS = 24
"""0.34 G multiply-accumulates a block: some 5 to 20 ms on one core."""
BLOCKS = 3

MOVED = 0.25
"""Share by which the kernel's time may differ while a codec is timed."""


def kernel_seconds() -> float:
    """Wall time of a block: the shortest of three, so that a single interruption does not count."""
    matrix = np.full((SIZE, SIZE), 1 / SIZE, dtype=np.float32)
    return min(_block(matrix) for _ in range(BLOCKS))


def moved(seconds: Sequence[float]) -> float:
    """Share by which the longest of several kernel times exceeds the shortest."""
    return max(seconds) / min(seconds) - 1


def _block(matrix: np.ndarray[tuple[int, int], np.dtype[np.float32]]) -> float:
    product = matrix
    start = time.perf_counter()
    for _ in range(PRODUCTS):
        product = product @ matrix  # the mean of all: stays what it is
    return time.perf_counter() - start
