"""Progress a person can read: a bar that shows what is running and how long is left, or plain lines in a log.

Counted in steps of work. Scoring a cell takes about as long as coding it many times over (a recognizer listens to it),
so it counts for more. What an earlier run has done is no work of this one: it is taken out of what there is to do.
"""

from __future__ import annotations

import threading
import time
from html import escape
from importlib import import_module
from types import TracebackType
from typing import Any

from rich.console import Console
from rich.progress import BarColumn, Progress, TaskProgressColumn, TextColumn, TimeElapsedColumn

from codecbench.names import visible

PLAIN_EVERY_S = 10.0

CODING_STEPS = 1
SCORING_STEPS = 10
ORIGINAL_STEPS = 8
SPEED_STEPS = 35

TELL_AFTER_S = 60.0
"""How long is left is told from here on: before, a model that loads decides the estimate."""


class Reporter:
    """Counts steps and cells, and says what is going on."""

    def __init__(self, console: Console) -> None:
        self.console = console
        self._lock = threading.RLock()
        """Two threads report: one codes, one scores."""
        self.done, self.total = 0, 0
        self.cells_done, self.cells = 0, 0
        self.text = ""
        self._estimates = True
        self._other = 0
        """Steps that are not part of the estimate of how long is left."""
        self._terminal = console.is_terminal
        self._started = time.monotonic()
        self._printed = 0.0
        self._bar = Progress(
            TextColumn("[bold]{task.description}"), BarColumn(), TaskProgressColumn(), TimeElapsedColumn(),
            TextColumn("{task.fields[more]}"), console=console, transient=True, disable=not self._terminal,
        )  # fmt: skip
        self._task = self._bar.add_task("starting", total=None, more="")

    def __enter__(self) -> Reporter:
        self._bar.start()
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        self._bar.stop()

    def expect(self, steps: int, cells: int = 0, estimated: bool = True) -> None:
        """So many more steps and cells are to come (fewer, if negative); `estimated`: they take as long as others."""
        with self._lock:
            self.total += steps
            self._other += 0 if estimated else steps
            self.cells += cells
            self._show()

    def say(self, text: str, estimate: bool = True) -> None:
        """What is running now.

        Without an `estimate` nothing is said of how long is left: cost figures take as long as the codecs are slow and
        the machine is busy, whatever the steps before took.
        """
        with self._lock:
            self.text, self._estimates = text, estimate
            self._show()
            self._plain(force=True)

    def step(self, count: int = 1, cells: int = 0) -> None:
        """So many steps are done, and with them so many cells have all their scores."""
        with self._lock:
            first = not self.cells_done and cells > 0
            self.done = min(self.done + count, self.total)
            self.cells_done += cells
            self._show()
            self._plain(force=first)

    def _show(self) -> None:
        if not self._terminal:
            return
        self._bar.update(
            self._task, total=self.total, completed=self.done, description=self.text or "starting", more=self._more()
        )

    def _more(self) -> str:
        """Cells, and after a while how fast they come and how long is left."""
        parts = [f"{self.cells_done} of {self.cells} cells"] if self.cells else []
        elapsed = time.monotonic() - self._started
        if elapsed >= TELL_AFTER_S and self.done:
            parts += [f"{self.cells_done / elapsed:.2g} a second"] if self.cells_done else []
            left = self.total - self._other - self.done
            if self._estimates and left > 0:
                then = ", then costs" if self._other else ""
                parts.append(f"about {elapsed / self.done * left:.0f} s left{then}")
        return ", ".join(parts)

    def note(self, text: str) -> None:
        """A line that stays."""
        self.console.print(visible(text), markup=False, highlight=False, soft_wrap=True)

    def _plain(self, force: bool = False) -> None:
        if self._terminal:
            return
        now = time.monotonic()
        if force or now - self._printed >= PLAIN_EVERY_S:
            self._printed = now
            share = 100 * self.done // max(self.total, 1)
            more = self._more()
            self.note(f"[{now - self._started:5.0f} s] {share:3d} % {self.text}{', ' if more else ''}{more}")


class NotebookReporter(Reporter):
    """The same in a notebook: one output of the cell, drawn again as work goes on."""

    EVERY_S = 0.5
    """A notebook keeps every message in its file until it is replaced: no more than these."""

    def __init__(self, console: Console) -> None:
        super().__init__(console)
        display_module: Any = import_module("IPython.display")
        self._html = display_module.HTML
        self._shown = 0.0
        self._handle = display_module.display(self._html(""), display_id=True)

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        super().__exit__(kind, error, at)
        self._handle.update(self._html(""))

    def _show(self) -> None:
        now = time.monotonic()
        if now - self._shown >= self.EVERY_S and hasattr(self, "_handle"):
            self._shown = now
            bar = f'<progress value="{self.done}" max="{max(self.total, 1)}"></progress>'
            self._handle.update(self._html(f"{bar} {escape(self.text or 'starting')} {escape(self._more())}"))

    def _plain(self, force: bool = False) -> None:
        """The bar says it."""


def reporter_on(console: Console) -> Reporter:
    """A bar where `console` is a terminal or a notebook, plain lines elsewhere."""
    return NotebookReporter(console) if console.is_jupyter else Reporter(console)
