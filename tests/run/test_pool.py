"""Slots that kinds of work share, processes that they do not, and the end, where a worker may still be starting."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from multiprocessing import forkserver
from pathlib import Path
from typing import Any

import pytest
from pool_work import kill_first, leave_a_child, whoami

from codecbench.run.pool import Load, Pool, Slots, Stopped, Task
from codecbench.run.processes import FORK_SERVER, Process
from codecbench.store.answers import Failure

LATE = """
import signal, time

def end_late():
    signal.signal(signal.SIGTERM, lambda *_: time.sleep(3))
"""
SCRIPT = """
import sys, time
from pathlib import Path

from late import end_late

from codecbench.run.pool import Slots, Task

if __name__ == "__main__":
    with Slots(2, Path(sys.argv[1])) as slots:
        tasks = [Task("hangs", time.sleep, (60,), 3), Task("late", end_late, (), 60)]
        for outcome in slots.pool("a kind").run(iter(tasks)):
            print(outcome.tag, getattr(outcome.value, "reason", ""))
"""


def test_a_replacement_that_is_starting_when_the_pool_ends_does_so_without_a_word(tmp_path: Path) -> None:
    """The worker that ends late keeps the pool ending for longer than a start takes, so the two do meet."""
    script = tmp_path / "ends.py"
    script.write_text(SCRIPT)
    script.with_name("late.py").write_text(LATE)  # no worker imports a script
    result = subprocess.run(
        [sys.executable, script, tmp_path / "log"], capture_output=True, text=True, timeout=100, check=True
    )
    assert result.stderr == ""
    assert result.stdout.splitlines() == [
        "late ",
        "hangs no result within 3 s; its process was killed (--cell-seconds sets the limit)",
    ]


@pytest.fixture
def slots(tmp_path: Path) -> Iterator[Slots]:
    with Slots(2, tmp_path / "log") as slots:
        yield slots


def load(what: Any, function: Callable[[Any], Any] = str, seconds: float = 60.0) -> Load:
    return Load(what, function, seconds)


def values(pool: Pool, tasks: Sequence[Task]) -> list[Any]:
    return [outcome.value for outcome in pool.run(iter(tasks))]


def test_no_process_does_work_of_two_kinds_or_two_needs(slots: Slots) -> None:
    def pids(kind: str, needs: str | None = None) -> set[int]:
        return set(values(slots.pool(kind), [Task(n, whoami, (0.2,), 60, needs and load(needs)) for n in range(4)]))

    groups = [pids("encode", "opus"), pids("decode", "opus"), pids("encode", "dac"), pids("score")]
    assert all(1 <= len(group) <= 2 for group in groups)
    assert len(set().union(*groups)) == sum(map(len, groups))


def test_fresh_gives_each_task_a_process_and_what_is_needed_again_finds_it(slots: Slots) -> None:
    pool = slots.pool("cost")
    assert len(set(values(pool.fresh(), [Task(n, whoami, (), 60) for n in range(3)]))) == 3
    again = [values(pool, [Task(0, whoami, (), 60, load("opus"))]) for _ in range(3)]
    assert again == [again[0]] * 3


def test_two_runs_share_the_slots_and_each_has_its_turn(slots: Slots) -> None:
    """Neither waits for the other to end, and together they never have more than two tasks going."""
    ends: list[str] = []

    def run(kind: str) -> None:
        for _ in slots.pool(kind).run(Task(n, whoami, (0.1,), 60) for n in range(8)):
            ends.append(kind)
            assert len(slots._busy) <= 2

    values(slots.pool("a"), [Task(0, whoami, (), 60)])  # started before, so that neither is ahead
    values(slots.pool("b"), [Task(0, whoami, (), 60)])
    threads = [threading.Thread(target=run, args=(kind,)) for kind in "ab"]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(ends) == ["a"] * 8 + ["b"] * 8
    assert {"a", "b"} == set(ends[:6])


def test_a_task_that_is_run_while_another_outcome_is_looked_at_does_not_wait_for_it(tmp_path: Path) -> None:
    """With one slot: the next task has it already, and must give it up when it is done."""
    with Slots(1, tmp_path / "log") as slots:
        pool, inner = slots.pool("a"), []
        for _ in pool.run(Task(n, whoami, (), 60) for n in range(3)):
            inner += values(pool, [Task(0, whoami, (), 60)])
    assert len(inner) == 3


def test_a_task_is_drawn_when_there_is_a_slot_and_not_before(tmp_path: Path) -> None:
    drawn: list[int] = []

    def tasks() -> Iterator[Task]:
        for number in range(6):
            drawn.append(number)
            yield Task(number, whoami, (0.1,), 60)

    with Slots(1, tmp_path / "log") as slots:
        for count, _ in enumerate(slots.pool("a").run(tasks()), 1):
            assert len(drawn) <= count + 1


@pytest.fixture
def handed(monkeypatch: pytest.MonkeyPatch) -> list[int]:
    """How many times tasks are handed to a process."""
    count, schedule = [0], Process.schedule

    def counted(*arguments: Any) -> Any:
        count[0] += 1
        return schedule(*arguments)

    monkeypatch.setattr(Process, "schedule", counted)
    return count


def test_short_tasks_go_together_and_what_breaks_one_costs_no_other(
    slots: Slots, handed: list[int], tmp_path: Path
) -> None:
    """One in the middle of many ends its process, one hangs, one is killed from outside the first time."""
    tasks = [Task(number, whoami, (), 10) for number in range(400)]
    tasks[200] = Task(200, os._exit, (3,), 60)
    tasks[250] = Task(250, time.sleep, (600,), 2)
    tasks[300] = Task(300, kill_first, (tmp_path / "mark",), 60)
    tasks[350] = Task(350, int, ("no number",), 60)
    came = {outcome.tag: outcome.value for outcome in slots.pool("a").run(iter(tasks))}
    assert handed[0] < 250
    assert sorted(came) == list(range(400))
    assert came.pop(200).reason == "its process died (exit status 3)"
    assert came.pop(250).reason == "no result within 2 s; its process was killed (--cell-seconds sets the limit)"
    assert came.pop(300) == "done"
    assert came.pop(350).reason.startswith("ValueError")
    assert all(isinstance(pid, int) for pid in came.values())


def test_what_goes_alone_is_not_handed_over_with_others(slots: Slots, handed: list[int]) -> None:
    tasks = [Task(number, whoami, (), 60, alone=number >= 50) for number in range(100)]
    assert len(values(slots.pool("a"), tasks)) == 100
    assert 50 < handed[0] < 100


def test_what_somebody_else_killed_is_tried_once_more(slots: Slots, tmp_path: Path) -> None:
    assert values(slots.pool("a"), [Task(0, kill_first, (tmp_path / "mark",), 60)]) == ["done"]
    (always,) = values(slots.pool("a"), [Task(1, os._exit, (3,), 60)])
    assert always.reason == "its process died (exit status 3)"
    assert always.fatal


def test_an_idle_process_that_somebody_kills_is_replaced(slots: Slots) -> None:
    pool = slots.pool("a")
    (first,) = values(pool, [Task(0, whoami, (), 60)])
    os.kill(first, signal.SIGKILL)
    for pause in (0.0, 0.5):  # before its death is noticed, and after
        time.sleep(pause)
        (second,) = values(pool, [Task(0, whoami, (), 60)])
        assert second != first


def test_a_fork_server_that_somebody_kills_is_replaced(slots: Slots) -> None:
    if not FORK_SERVER:
        pytest.skip("no fork server on this system")
    pool = slots.pool("a")
    values(pool, [Task(0, whoami, (), 60)])
    os.kill(forkserver._forkserver._forkserver_pid, signal.SIGKILL)
    assert len(values(pool, [Task(n, whoami, (0.1,), 60) for n in range(4)])) == 4
    assert all(isinstance(pid, int) for pid in values(slots.pool("b"), [Task(n, whoami, (0.1,), 60) for n in range(4)]))


def test_stopping_ends_a_run_that_waits_in_another_thread(tmp_path: Path) -> None:
    raised: list[BaseException] = []

    def wait(slots: Slots) -> None:
        try:
            values(slots.pool("a"), [Task(0, time.sleep, (60,), 100)])
        except Stopped as error:
            raised.append(error)

    with Slots(1, tmp_path / "log") as slots:
        thread = threading.Thread(target=wait, args=(slots,))
        thread.start()
        time.sleep(0.5)
    thread.join(timeout=20)
    assert len(raised) == 1


def test_there_are_never_more_processes_than_slots_need(tmp_path: Path) -> None:
    with Slots(1, tmp_path / "log") as slots:
        for needs in range(6):
            values(slots.pool("encode"), [Task(0, whoami, (), 60, load(needs))])
            assert len(slots._idle) <= slots.alive


def test_loading_has_a_limit_of_its_own_and_no_task_pays_for_it(slots: Slots) -> None:
    slow = [Task(n, whoami, (), 1.0, load(2.0, time.sleep, 30.0)) for n in range(3)]
    assert len(set(values(slots.pool("encode"), slow))) <= 2
    (late,) = values(slots.pool("encode"), [Task(0, whoami, (), 60.0, load(60.0, time.sleep, 1.0))])
    assert late == Failure(
        "failed", "loading: no result within 1 s; its process was killed (--load-seconds sets the limit)",
        fatal=True, loading=True,
    )  # fmt: skip
    (died,) = values(slots.pool("encode"), [Task(0, whoami, (), 60.0, load(3, os._exit))])
    assert (died.reason, died.loading) == ("loading: its process died (exit status 3)", True)


def test_what_loading_raises_the_task_meets(slots: Slots) -> None:
    assert all(isinstance(pid, int) for pid in values(slots.pool("a"), [Task(0, whoami, (), 60, load("no", int))]))


@pytest.mark.parametrize("how", ["hangs", "ends"])
def test_a_process_leaves_no_children(tmp_path: Path, how: str) -> None:
    mark = tmp_path / "pid"
    with Slots(1, tmp_path / "log") as slots:
        values(slots.pool("a"), [Task(0, leave_a_child, (mark, how == "hangs"), 3)])
    child = int(mark.read_text())
    deadline = time.monotonic() + 10
    while is_alive(child) and time.monotonic() < deadline:
        time.sleep(0.1)
    assert not is_alive(child)


def is_alive(pid: int) -> bool:
    """A zombie that nobody has waited for is not."""
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] != "Z"
    except OSError:
        return False


SHADOWED = """
import sys
sys.path.insert(0, {tests!r})
from pathlib import Path
from codecbench.run.pool import Slots, Task
from pool_work import leave_a_child, child_finds
if __name__ == "__main__":
    sys.path.remove({tests!r})
    for afresh in (False, True):
        with Slots(1, Path("log"), afresh=afresh) as slots:
            print([outcome.value for outcome in slots.pool("a").run(iter([Task(0, child_finds, (), 60)]))])
"""


@pytest.mark.parametrize("name", ["signal", "socket", "select", "selectors", "json", "tempfile"])
def test_a_file_in_the_working_folder_stands_in_for_no_module_of_pythons(tmp_path: Path, name: str) -> None:
    (tmp_path / f"{name}.py").write_text("raise RuntimeError('this is no module of the standard library')")
    (tmp_path / "scripts").mkdir()
    (tmp_path / "scripts" / "main.py").write_text(SHADOWED.format(tests=str(Path(__file__).parents[1])))
    result = subprocess.run(
        [sys.executable, "-P", tmp_path / "scripts" / "main.py"], cwd=tmp_path, capture_output=True, text=True,
        timeout=100, env=os.environ | {"PYTHONPATH": str(Path(__file__).parents[1])}, check=False,
    )  # fmt: skip
    assert (result.stdout, result.returncode) == ("['beside']\n['beside']\n", 0), result.stderr
