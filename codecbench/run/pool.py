"""Slots and pools: so many tasks at once, each in a supervised process that does work of one kind only.

Encoders, decoders and scorers never share a process; what they share is the number of tasks at once (`--jobs`), so that
whoever has work keeps the cores busy. Nothing but its task is lost with a process.
"""

from __future__ import annotations

import signal
import threading
import time
from collections import Counter, deque
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import Future
from concurrent.futures.process import BrokenProcessPool
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from functools import partial, wraps
from pathlib import Path
from types import TracebackType
from typing import Any, ParamSpec, TypeVar

from pebble import ProcessExpired

from codecbench.errors import Abstain, ProcessLost, Unavailable
from codecbench.plugins import describe_error
from codecbench.run.processes import Gone, Process, refuse_long_temporary_folder
from codecbench.run.trimming import give_back
from codecbench.store.answers import Failure

P = ParamSpec("P")
R = TypeVar("R")

BATCH_S = 0.1
"""Tasks that take no longer than this together are handed over at once: to hand one over costs half a millisecond."""
MOST = 32
FROM_OUTSIDE = (-signal.SIGKILL, 255)
"""Exit statuses of a process that somebody killed (the system, where memory ran out), or whose fork server was."""


@dataclass(frozen=True)
class Load:
    """What a process does before its first task, with a time limit of its own: `function(what)`, say a model to load.

    A process serves one such need. Two are the same where `what` is.
    """

    what: Any
    function: Callable[[Any], Any] = field(compare=False)
    seconds: float = field(compare=False)


@dataclass(frozen=True)
class Task:
    """A call to make in a worker. `tag` comes back with its outcome; `seconds` is its time limit.

    `needs` says what its process has to load first: it goes to one that has. What is suspected of taking its process
    down goes `alone`, not together with other short tasks.
    """

    tag: Any
    function: Callable[..., Any]
    arguments: tuple[Any, ...]
    seconds: float
    needs: Load | None = None
    alone: bool = False


@dataclass(frozen=True)
class Outcome:
    """A task's tag, with its result or the Failure in its place."""

    tag: Any
    value: Any


def guarded(function: Callable[P, R]) -> Callable[P, R | Failure]:
    """Let a worker's function return a Failure instead of raising: a plugin's exception may not even pickle."""

    @wraps(function)
    def call(*args: P.args, **kwargs: P.kwargs) -> R | Failure:
        try:
            return function(*args, **kwargs)
        except Unavailable as error:
            return Failure("skipped", str(error))
        except Abstain as error:
            return Failure("abstained", str(error))
        except MemoryError:
            return Failure("failed", "out of memory")
        except ProcessLost as error:  # what it did its work in is gone, so it is of no use itself
            return Failure("failed", str(error), fatal=True, from_outside=error.killed)
        except BaseException as error:  # a SystemExit of its own too: nothing that a plugin raises ends a worker
            return Failure("failed", describe_error(error))

    return call


class Stopped(Exception):
    """The slots were closed while tasks were waiting: whoever closed them knows why."""


@dataclass(eq=False)
class _Worker:
    """`unique`: for one task alone, whatever it needs."""

    process: Process
    kind: str
    needs: Load | None
    unique: bool = False
    loaded: bool = False


class Slots:
    """`jobs` tasks at once, of any kind, in processes that are alive while they are of use.

    At most `alive` of them: an idle one ends where another kind, or another codec, needs its place.

    Raises UsageError where the folder for temporary files has too long a path for worker processes.
    """

    def __init__(self, jobs: int, log: Path, *, afresh: bool = False) -> None:
        refuse_long_temporary_folder()
        self.jobs, self.alive = jobs, max(3, 2 * jobs + 1)
        self.changed = threading.Condition()
        self._log, self._afresh = log, afresh
        self._busy: set[_Worker] = set()
        self._idle: list[_Worker] = []
        """The one that was used last comes last."""
        self._ending: list[threading.Thread] = []
        self._held: Counter[object] = Counter()
        self._asking: set[object] = set()
        self.stopped = False

    def pool(self, kind: str) -> Pool:
        """For tasks of one kind."""
        return Pool(self, kind)

    def __enter__(self) -> Slots:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        self.stop()

    def stop(self) -> None:
        """End all processes, whatever they are doing."""
        with self.changed:
            self.stopped = True
            self.changed.notify_all()
            idle, busy = [*self._idle], [*self._busy]
            self._idle.clear()
            self._busy.clear()
        for worker in busy:
            self._end(worker.process.kill)
        for worker in idle:
            self._end(worker.process.end)
        for thread in self._ending:
            thread.join()

    # What follows is for pools, which hold `changed` meanwhile.

    def turn(self, asker: object) -> bool:
        """Whether a slot is free for `asker`: whoever holds the fewest goes first."""
        if self._held.total() >= self.jobs:
            return False
        return all(self._held[asker] <= self._held[other] for other in self._asking)

    def ask(self, asker: object, asks: bool) -> None:
        """`asker` waits for a slot from now on, or does not any more."""
        (self._asking.add if asks else self._asking.discard)(asker)

    def hold(self, asker: object) -> None:
        """`asker` has a slot from now on."""
        self._held[asker] += 1

    def release(self, asker: object) -> None:
        self._held[asker] -= 1
        self.changed.notify_all()

    def take(self, kind: str, needs: Load | None, fresh: bool = False) -> _Worker:
        """A process for a task: one that has loaded what it needs, else a new one; with `fresh` always a new one."""
        alike = (w for w in reversed(self._idle) if (w.kind, w.needs, w.unique) == (kind, needs, False))
        worker = None if fresh else next(alike, None)
        if worker is not None:
            self._idle.remove(worker)
        else:
            if len(self._busy) + len(self._idle) >= self.alive:
                self._make_room()
            worker = _Worker(Process(self._log, self._afresh), kind, needs, fresh, loaded=needs is None)
        self._busy.add(worker)
        return worker

    def give_back(self, worker: _Worker, *, spent: bool) -> None:
        """`spent`: its process is not to be used again."""
        if self.stopped:
            return
        self._busy.discard(worker)
        if spent:
            self._end(worker.process.kill)
        else:
            self._idle.append(worker)

    def _make_room(self) -> None:
        """End the idle process that is of least use: one that holds a codec before one that serves all of them."""
        worker = next((w for w in self._idle if w.needs is not None), self._idle[0])
        self._idle.remove(worker)
        self._end(worker.process.end)

    def _end(self, how: Callable[[], None]) -> None:
        """In a thread: a process takes its time to end, and nobody waits for it."""
        self._ending = [thread for thread in self._ending if thread.is_alive()]
        thread = threading.Thread(target=how, daemon=True)
        self._ending.append(thread)
        thread.start()


@contextmanager
def stopping(*all_slots: Slots) -> Iterator[None]:
    """Whatever goes wrong within stops all tasks, so that no thread waits for one that takes long."""
    try:
        yield
    except BaseException:
        for slots in all_slots:
            slots.stop()
        raise


class Pool:
    """Tasks of one `kind`, in processes that do no work of another. `fresh`: each task in a process of its own."""

    def __init__(self, slots: Slots, kind: str, *, fresh: bool = False) -> None:
        self._slots, self._kind, self._fresh = slots, kind, fresh

    def fresh(self) -> Pool:
        """The same, but that each task gets a process of its own."""
        return Pool(self._slots, self._kind, fresh=True)

    def run(self, tasks: Iterator[Task]) -> Iterator[Outcome]:
        """The outcomes as they come. `tasks` is drawn as slots get free, so it may stop when it has seen enough.

        Of tasks that take milliseconds some are drawn ahead.

        Raises:
            Stopped: the slots were closed meanwhile.
        """
        yield from _Run(self._slots, self._kind, self._fresh, tasks).outcomes()


@dataclass(frozen=True)
class _Done:
    """What became of the tasks that a process was handed: the result of each, or one Failure in their place."""

    tasks: Sequence[Task]
    value: Sequence[Any] | Failure
    from_outside: bool
    """Whether somebody else ended the process."""
    seconds: float


class _Run:
    """One `Pool.run`: the tasks that are in a process, and those whose outcome has come.

    Short tasks are handed over several at once. Where something goes wrong with them, each is done again by itself.
    """

    def __init__(self, slots: Slots, kind: str, fresh: bool, tasks: Iterator[Task]) -> None:
        self._slots, self._kind, self._fresh, self._tasks = slots, kind, fresh, tasks
        self._exhausted = False
        self._held: Task | None = None
        """It was drawn for a batch in which it does not fit: it begins the next."""
        self._again: deque[Task] = deque()
        self._retried: list[Task] = []
        """Whose process somebody killed: no fault of theirs, so they are tried once more."""
        self._pending = 0
        self._done: deque[_Done] = deque()
        self._size = 1
        """Tasks of the next batch."""

    def outcomes(self) -> Iterator[Outcome]:
        try:
            self._fill()
            while self._pending or not self._exhausted:
                outcomes = self._next()
                # The slot goes to the next task first: what the caller does with the outcomes may take a while.
                self._fill()
                yield from outcomes
        finally:
            with self._slots.changed:
                self._slots.ask(self, False)

    def _fill(self) -> None:
        """Start tasks while it is this run's turn. A task is drawn when there is a slot for it, and not before."""
        slots = self._slots
        while not self._exhausted:
            with slots.changed:
                if slots.stopped:
                    raise Stopped
                if not slots.turn(self):
                    return
                slots.hold(self)
            if batch := self._draw():
                self._start(batch)
                continue
            self._exhausted = True
            with slots.changed:
                slots.release(self)

    def _draw(self) -> Sequence[Task]:
        """The tasks that go to a process next; none where there are no more."""
        if self._again:
            return [self._again.popleft()]
        batch: list[Task] = []
        while len(batch) < self._size:
            task, self._held = self._held or next(self._tasks, None), None
            if task is None:
                break
            if batch and (task.alone or batch[0].alone or task.needs != batch[0].needs):
                self._held = task
                break
            batch.append(task)
        return batch

    def _start(self, batch: Sequence[Task]) -> None:
        """In the slot that is held."""
        slots, load = self._slots, batch[0].needs
        self._pending += 1
        while True:
            with slots.changed:
                worker = slots.take(self._kind, load, self._fresh)
            try:
                if load is None or worker.loaded:
                    self._hand_over(batch, worker)
                else:
                    future = worker.process.schedule(load.function, (load.what,), load.seconds)
                    future.add_done_callback(partial(self._loaded, batch, worker, load))
                return
            except Gone:
                with slots.changed:
                    slots.give_back(worker, spent=True)

    def _loaded(self, batch: Sequence[Task], worker: _Worker, load: Load, future: Future[Any]) -> None:
        """The process has what the tasks need, or has not survived it. What it raised the first task meets again."""
        value, from_outside = _result(future, load.seconds, "--load-seconds")
        from_outside |= isinstance(value, Failure) and value.from_outside
        if isinstance(value, Failure) and value.fatal:
            failure = replace(value, reason=f"loading: {value.reason}", loading=True)
            self._ended(_Done(batch, failure, from_outside, 0.0), worker)
            return
        worker.loaded = True
        try:
            self._hand_over(batch, worker)
        except Gone:
            failure = Failure("failed", "its process died", fatal=True)
            self._ended(_Done(batch, failure, True, 0.0), worker)

    def _hand_over(self, batch: Sequence[Task], worker: _Worker) -> None:
        """Raises Gone where its process has died."""
        calls = [(task.function, task.arguments) for task in batch]
        # As long as the longest may take: those that are handed over together are expected to be done at once.
        future = worker.process.schedule(_each, (calls,), max(task.seconds for task in batch))
        future.add_done_callback(partial(self._came, batch, worker, time.monotonic()))

    def _came(self, batch: Sequence[Task], worker: _Worker, started: float, future: Future[Any]) -> None:
        value, from_outside = _result(future, max(task.seconds for task in batch), "--cell-seconds")
        lost = next((one for one in _failures(value) if one.fatal), None)
        if lost is not None:
            value, from_outside = lost, from_outside or lost.from_outside
        self._ended(_Done(batch, value, from_outside, time.monotonic() - started), worker)

    def _ended(self, done: _Done, worker: _Worker) -> None:
        """The slot is free at once, whatever the caller is doing: it may be waiting for a task of its own."""
        fatal = isinstance(done.value, Failure) and done.value.fatal
        slots = self._slots
        with slots.changed:
            self._done.append(done)
            slots.give_back(worker, spent=fatal or self._fresh)
            slots.release(self)

    def _next(self) -> Sequence[Outcome]:
        """The next outcomes; none where tasks are tried again, or a slot is free for others."""
        slots, asks = self._slots, not self._exhausted
        with slots.changed:
            slots.ask(self, asks)
            slots.changed.wait_for(lambda: self._done or slots.stopped or (asks and slots.turn(self)))
            slots.ask(self, False)
            if slots.stopped:
                raise Stopped
            if not self._done:
                return ()
            done = self._done.popleft()
            self._pending -= 1
        if isinstance(done.value, Failure) and self._tries_again(done):
            self._again.extend(done.tasks)
            self._exhausted, self._size = False, 1
            return ()
        if isinstance(done.value, Failure):
            self._size = 1  # what has just broken may break again: by itself it costs no other its process
            return [Outcome(done.tasks[0].tag, done.value)]
        each = max(done.seconds / len(done.tasks), BATCH_S / MOST)
        self._size = 1 if self._fresh else max(1, min(2 * self._size, int(BATCH_S / each)))
        return [Outcome(task.tag, value) for task, value in zip(done.tasks, done.value, strict=True)]

    def _tries_again(self, done: _Done) -> bool:
        """Whose fault it was is not known yet, or it was nobody's and has not been tried again."""
        if len(done.tasks) > 1:
            return True
        (task,) = done.tasks
        if not done.from_outside or any(task is other for other in self._retried):
            return False
        self._retried.append(task)
        return True


def _each(calls: Sequence[tuple[Callable[..., Any], tuple[Any, ...]]]) -> Sequence[Any]:
    """In a worker: what each call returns."""
    results = []
    for function, arguments in calls:
        results.append(function(*arguments))
        give_back()
    return results


def _failures(value: Sequence[Any] | Failure) -> Iterator[Failure]:
    """Those in the place of results."""
    for one in (value,) if isinstance(value, Failure) else value:
        if isinstance(one, Failure):
            yield one


def _result(future: Future[Any], seconds: float, option: str) -> tuple[Sequence[Any] | Failure, bool]:
    """The results or the Failure in their place, and whether somebody else ended the process.

    `option` of the command line is what the limit of `seconds` follows from.
    """
    try:
        return future.result(), False
    except TimeoutError:
        reason = f"no result within {seconds:.0f} s; its process was killed ({option} sets the limit)"
        return Failure("failed", reason, fatal=True), False
    except BrokenProcessPool:  # it had died when the task was on its way to it
        return Failure("failed", "its process died", fatal=True), True
    except ProcessExpired as error:
        failure = Failure("failed", f"its process died ({_cause(error.exitcode)})", fatal=True)
        return failure, error.exitcode in FROM_OUTSIDE
    except Exception as error:  # a result that does not pickle, for one
        return Failure("failed", describe_error(error)), False


def _cause(exitcode: int) -> str:
    if exitcode >= 0:
        return f"exit status {exitcode}"
    try:
        return signal.strsignal(-exitcode) or f"signal {-exitcode}"
    except ValueError:
        return f"signal {-exitcode}"
