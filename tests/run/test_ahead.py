"""An iterator that is drawn in a thread of its own: order, bound, errors, and an end without a thread left."""

from __future__ import annotations

import threading
import time
from collections.abc import Iterator

import pytest

from codecbench.run.ahead import Ahead


def test_all_items_in_order_one_made_while_the_last_is_used() -> None:
    made: list[int] = []

    def items() -> Iterator[int]:
        for number in range(5):
            made.append(number)
            yield number

    used = []
    with Ahead(items()) as ahead:
        for number in ahead:
            deadline = time.monotonic() + 10
            while number < 4 and len(made) < number + 2 and time.monotonic() < deadline:
                time.sleep(0.001)
            used.append((number, len(made)))
    assert [number for number, _ in used] == list(range(5))
    assert all(count >= min(5, number + 2) for number, count in used)  # while one is used, the next has been made
    assert all(count <= number + 3 for number, count in used)


def test_what_the_iterator_raises_reaches_whoever_asks() -> None:
    def items() -> Iterator[int]:
        yield 1
        raise ValueError("it broke")

    seen: list[int] = []
    with Ahead(items()) as ahead, pytest.raises(ValueError, match="it broke"):
        seen.extend(ahead)
    assert seen == [1]


def test_leaving_early_leaves_no_thread() -> None:
    before = threading.active_count()
    with Ahead(iter(range(1000))) as ahead:
        assert next(iter(ahead)) == 0
    assert threading.active_count() == before
