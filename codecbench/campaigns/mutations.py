"""Ways in which bytes get damaged."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import numpy as np
from numpy.random import Generator

Mutation = Callable[[bytes, Generator], bytes]


def cut(data: bytes, rng: Generator) -> bytes:
    return data[: int(rng.integers(0, len(data) + 1))]


def flip(data: bytes, rng: Generator) -> bytes:
    """One to sixteen bits."""
    array = np.frombuffer(data, np.uint8).copy()
    for place in rng.integers(0, len(array), int(rng.integers(1, 17))) if len(array) else ():
        array[place] ^= 1 << int(rng.integers(8))
    return array.tobytes()


def flip_beginning(data: bytes, rng: Generator) -> bytes:
    """Where headers are."""
    return flip(data[:128], rng) + data[128:]


def overwrite(data: bytes, rng: Generator) -> bytes:
    """A stretch by random bytes, zeros or ones."""
    start = int(rng.integers(0, len(data) + 1))
    count = int(rng.integers(1, 65))
    filling = (rng.bytes(count), bytes(count), b"\xff" * count)[int(rng.integers(3))]
    return data[:start] + filling + data[start + count :]


def insert(data: bytes, rng: Generator) -> bytes:
    place = int(rng.integers(0, len(data) + 1))
    return data[:place] + rng.bytes(int(rng.integers(1, 33))) + data[place:]


def repeat(data: bytes, rng: Generator) -> bytes:
    start, end = sorted(int(place) for place in rng.integers(0, len(data) + 1, 2))
    return data[:end] + data[start:end] + data[end:]


def random(data: bytes, rng: Generator) -> bytes:
    """Nothing of it left but its length."""
    return rng.bytes(len(data))


ALL: Sequence[Mutation] = (cut, flip, flip_beginning, overwrite, insert, repeat, random)
