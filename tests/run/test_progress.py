from __future__ import annotations

import io

from rich.console import Console

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
        found.expect(4)
        found.step()
        found.say("opus: coding")
        for _ in range(3):
            found.step()
    lines = text.getvalue().splitlines()
    assert " 25 % opus: coding, about " in lines[-1]
    assert len(lines) == 2  # the first step, and what was said


def test_a_note_is_printed_as_it_is() -> None:
    found, text = reporter()
    found.note("[bold]100 % [/x]")
    assert text.getvalue() == "[bold]100 % [/x]\n"
