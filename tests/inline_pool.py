"""A pool without processes: tasks run where they are drawn, for tests of what is asked and what is kept."""

from __future__ import annotations

from collections.abc import Callable, Iterator

from codecbench.run.pool import Outcome, Task
from codecbench.store.answers import Failure

DIED = Failure("failed", "its process died (Segmentation fault)", fatal=True)


class InlinePool:
    """`answer` stands in for the worker's function where given: it gets the task and returns its result."""

    def __init__(self, answer: Callable[[Task], object] | None = None) -> None:
        self.answer = answer or (lambda task: task.function(*task.arguments))
        self.tasks: list[Task] = []

    def run(self, tasks: Iterator[Task]) -> Iterator[Outcome]:
        for task in tasks:
            self.tasks.append(task)
            yield Outcome(task.tag, self.answer(task))
