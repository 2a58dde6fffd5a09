"""Progress a person can read: a bar that shows what is running and how long is left, or plain lines in a log.

Counted in steps of work. Scoring a cell takes about as long as coding it many times over (a recognizer listens to it),
so it counts for more: else the time that is left would be far off all along.
"""

from __future__ import annotations

import time
from types import TracebackType

from rich.console import Console
from rich.progress import BarColumn, Progress, TaskProgressColumn, TextColumn, TimeElapsedColumn, TimeRemainingColumn

PLAIN_EVERY_S = 10.0

CODING_STEPS = 1
SCORING_STEPS = 10
ORIGINAL_STEPS = 8
SPEED_STEPS = 10


class Reporter:
    """Counts steps and says what is going on."""

    def __init__(self, console: Console) -> None:
        self.console = console
        self.done = 0
        self.total = 0
        self.text = ""
        self._started = time.monotonic()
        self._printed = 0.0
        self._bar = Progress(
            TextColumn("[bold]{task.description}"), BarColumn(), TaskProgressColumn(), TimeElapsedColumn(),
            TextColumn("left"), TimeRemainingColumn(), console=console, transient=True,
            disable=not console.is_terminal,
        )  # fmt: skip
        self._task = self._bar.add_task("starting", total=None)

    def __enter__(self) -> Reporter:
        self._bar.start()
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        self._bar.stop()

    def expect(self, steps: int) -> None:
        """So many more steps (or fewer, if negative) are to come."""
        self.total += steps
        self._bar.update(self._task, total=self.total)

    def say(self, text: str) -> None:
        """What is running now."""
        self.text = text
        self._bar.update(self._task, description=text)
        self._plain(force=True)

    def step(self, count: int = 1) -> None:
        self.done = min(self.done + count, self.total)
        self._bar.update(self._task, completed=self.done)
        self._plain()

    def note(self, text: str) -> None:
        """A line that stays."""
        self.console.print(text, markup=False, highlight=False)

    def _plain(self, force: bool = False) -> None:
        if self.console.is_terminal:
            return
        now = time.monotonic()
        if force or now - self._printed >= PLAIN_EVERY_S:
            self._printed = now
            elapsed = now - self._started
            left = f", about {elapsed / self.done * (self.total - self.done):.0f} s left" if self.done else ""
            share = 100 * self.done // max(self.total, 1)
            self.note(f"[{elapsed:5.0f} s] {share:3d} % {self.text}{left}")
