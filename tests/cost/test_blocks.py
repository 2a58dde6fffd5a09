from __future__ import annotations

import subprocess
import sys

from codecbench.cost.blocks import Blocks, cpu_seconds

WORK = "sum(range(3_000_000))"


def test_the_cpu_time_of_a_childs_work_counts() -> None:
    """As of a codec that calls a command-line encoder, of which this process only waits for the end."""
    before = cpu_seconds()
    subprocess.run([sys.executable, "-c", f"import os; {WORK}; print(sum(os.times()[:2]))"], check=True,
                   capture_output=True)  # fmt: skip
    assert cpu_seconds() - before > 0.01


def test_a_call_is_repeated_until_it_makes_a_block() -> None:
    calls: list[None] = []
    blocks = Blocks(lambda: calls.append(None))
    calls.clear()
    timed = blocks.time(2.0)
    assert len(calls) > 100
    assert 0 < timed.noise < 1e-3 * len(calls)
    assert timed.noise * len(calls) * 2.0 == 0.002
