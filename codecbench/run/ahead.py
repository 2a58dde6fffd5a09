"""Doing one thing while the last is still being used: iterators that are made in threads of their own."""

from __future__ import annotations

import threading
from collections import deque
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from queue import Queue
from types import TracebackType
from typing import Generic, TypeVar

T = TypeVar("T")


class _End:
    """What ended the iterator: nothing more, or an exception."""

    def __init__(self, error: BaseException | None = None) -> None:
        self.error = error


def side_by_side(calls: Iterable[Callable[[], T]], count: int) -> Iterator[T]:
    """What `calls` return, in their order, while up to `count` of them go on at once, each in a thread.

    An exception of a call is raised in its place, when the others that were begun have ended.
    """
    with ThreadPoolExecutor(count) as threads:
        begun: deque[Future[T]] = deque()
        for call in calls:
            begun.append(threads.submit(call))
            if len(begun) == count:
                yield begun.popleft().result()
        while begun:
            yield begun.popleft().result()


class Ahead(Generic[T]):
    """The items of an iterator, up to `count` of them made before they are asked for.

    An exception of the iterator reaches whoever asks for the item that it stands for. On leaving, the thread has ended:
    what it waits for must have been stopped before, or be done soon.
    """

    def __init__(self, items: Iterator[T], count: int = 1) -> None:
        self._items = items
        self._made: Queue[T | _End] = Queue()
        self._room = threading.Semaphore(count)
        self._left = False
        self._thread = threading.Thread(target=self._make, daemon=True)

    def __enter__(self) -> Ahead[T]:
        self._thread.start()
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        self._left = True
        self._room.release()
        self._thread.join()

    def __iter__(self) -> Iterator[T]:
        while True:
            item = self._made.get()
            if isinstance(item, _End):
                if item.error is not None:
                    raise item.error
                return
            self._room.release()
            yield item

    def _make(self) -> None:
        try:
            for item in self._items:
                self._made.put(item)
                self._room.acquire()
                if self._left:
                    return
            self._made.put(_End())
        except BaseException as error:
            self._made.put(_End(error))
