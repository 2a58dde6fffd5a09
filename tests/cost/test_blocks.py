from __future__ import annotations

import subprocess
import sys

from codecbench.cost.blocks import Blocks, CallClock, StageTime, cpu_seconds

WORK = "sum(range(3_000_000))"


def test_the_cpu_time_of_a_childs_work_counts() -> None:
    """As of a codec that calls a command-line encoder, of which this process only waits for the end."""
    before = cpu_seconds()
    subprocess.run([sys.executable, "-c", f"import os; {WORK}; print(sum(os.times()[:2]))"], check=True,
                   capture_output=True)  # fmt: skip
    assert cpu_seconds() - before > 0.01


class Elsewhere:
    """Its calls take a second each, and half a second of CPU time, by the clocks of another process."""

    pid = 1

    def __init__(self) -> None:
        self.seconds = StageTime(0.0, 0.0)

    def work(self) -> None:
        self.seconds = StageTime(self.seconds.wall + 1.0, self.seconds.cpu + 0.5)


def test_a_codec_in_another_process_is_timed_by_its_clocks() -> None:
    codec = Elsewhere()
    timed = Blocks(codec.work, CallClock.of(codec)).time(2.0)
    assert (timed.wall, timed.cpu) == (0.5, 0.25)


def test_a_call_is_repeated_until_it_makes_a_block() -> None:
    calls: list[None] = []
    blocks = Blocks(lambda: calls.append(None))
    calls.clear()
    timed = blocks.time(2.0)
    assert len(calls) > 100
    assert 0 < timed.noise < 1e-3 * len(calls)
    assert timed.noise * len(calls) * 2.0 == 0.002
