from __future__ import annotations

import io

import pytest
from rich.console import Console

from codecbench.run import progress
from codecbench.run.progress import Reporter


def reporter() -> tuple[Reporter, io.StringIO]:
    """Into a file, where there is no bar."""
    text = io.StringIO()
    return Reporter(Console(file=text, width=100)), text


def test_no_more_is_done_than_there_is_to_do() -> None:
    found, _ = reporter()
    found.expect(5)
    found.step(3)
    found.step(30)
    assert (found.done, found.total) == (5, 5)
    found.expect(-2)
    assert found.total == 3


def test_in_a_log_every_change_of_what_is_done_is_a_line() -> None:
    found, text = reporter()
    with found:
        found.expect(4, cells=2)
        found.step(cells=1)
        found.say("opus: coding")
        for _ in range(3):
            found.step()
    lines = text.getvalue().splitlines()
    assert " 25 % opus: coding, 1 of 2 cells" in lines[-1]
    assert len(lines) == 2  # the first step, and what was said


def test_what_is_left_is_told_after_a_minute_and_not_before(monkeypatch: pytest.MonkeyPatch) -> None:
    clock = iter([0.0, *[59.0] * 4, *[80.0] * 40])
    monkeypatch.setattr(progress.time, "monotonic", lambda: next(clock))
    found, text = reporter()
    found.expect(100, cells=10)
    found.step(20, cells=2)
    assert "left" not in text.getvalue()
    found.step(20, cells=2)
    found.say("opus: scoring")
    assert "4 of 10 cells, 0.05 a second, about 120 s left" in text.getvalue()


def test_what_was_known_already_is_no_work_done() -> None:
    """A resumed run tells how long is left by what it did itself."""
    found, _ = reporter()
    found.expect(100, cells=10)
    found.expect(-90, cells=-9)
    found.step(5)
    assert (found.done, found.total, found.cells) == (5, 10, 1)


def test_a_note_is_printed_as_it_is() -> None:
    found, text = reporter()
    found.note("[bold]100 % [/x]")
    assert text.getvalue() == "[bold]100 % [/x]\n"


def test_costs_are_no_part_of_what_is_left_and_while_they_are_measured_nothing_is_told(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(progress, "TELL_AFTER_S", 0.0)
    clock = iter([0.0, *[50.0] * 3, *[100.0] * 40])
    monkeypatch.setattr(progress.time, "monotonic", lambda: next(clock))
    found, text = reporter()
    found.expect(1000, estimated=False)
    found.expect(100, cells=10)
    found.step(50, cells=5)
    found.say("opus: scoring")
    assert "5 of 10 cells, 0.05 a second, about 100 s left, then costs" in text.getvalue()
    found.step(50, cells=5)
    found.say("measuring speed", estimate=False)
    assert text.getvalue().splitlines()[-1].endswith("measuring speed, 10 of 10 cells, 0.1 a second")
