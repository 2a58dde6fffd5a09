"""An iterator that is drawn in a thread of its own: order, bound, errors, and an end without a thread left."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterator

import pytest

from codecbench.run.ahead import Ahead, side_by_side


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


def test_two_calls_at_once_and_their_results_in_order() -> None:
    both = threading.Barrier(2, timeout=10)
    running, most = [0], [0]
    lock = threading.Lock()

    def call(number: int) -> int:
        with lock:
            running[0] += 1
            most[0] = max(most[0], running[0])
        both.wait()  # the second of a pair has begun before the first ends
        with lock:
            running[0] -= 1
        return number

    calls: list[Callable[[], int]] = [lambda number=number: call(number) for number in range(6)]  # type: ignore[misc]
    assert list(side_by_side(calls, 2)) == list(range(6))
    assert most == [2]


def test_an_exception_comes_in_its_place_when_the_others_have_ended() -> None:
    ended = threading.Event()

    def breaks() -> int:
        time.sleep(0.05)
        raise ValueError("it broke")

    def takes_a_while() -> int:
        time.sleep(0.3)
        ended.set()
        return 3

    results = side_by_side(iter([breaks, takes_a_while]), 2)
    with pytest.raises(ValueError, match="it broke"):
        next(results)
    assert ended.is_set()
