"""Kills at random moments: `pytest tests/benchmarks/test_kills.py --benchmark-only -s`.

Of a small run one process is killed (`kill -9`): the run itself, a worker, or the fork server. Where the run was, the
same command goes on. Afterwards the store must hold what an undisturbed run's holds. Some minutes; the seed is printed,
and CODECBENCH_KILLS says how many.
"""

from __future__ import annotations

import os
import random
import signal
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Callable
from pathlib import Path

import pytest
from running import command_line

from codecbench.store import open_run
from codecbench.store.rows import StoredResults

KILLS = int(os.environ.get("CODECBENCH_KILLS", "50"))
RUN = (
    "run", "--codecs", "opus,codec2", "--bitrates", "2.4,3.2,6,8", "--metrics", "estoi,si_sdr", "--limit", 6, "--cost",
    "none", "--keep-audio", "none", "--jobs", 2,
)  # fmt: skip


def start(out: Path) -> subprocess.Popen[str]:
    command, environment = command_line(None, *RUN, "--out", out)
    return subprocess.Popen(
        command, env=environment, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True, start_new_session=True
    )


def finished(process: subprocess.Popen[str]) -> int:
    _, errors = process.communicate(timeout=300)
    assert process.returncode in (0, -signal.SIGKILL), errors
    return process.returncode


def victims(run: int) -> dict[str, list[int]]:
    """The run's processes by what they are."""
    found: dict[str, list[int]] = {"the run": [run], "the fork server": [], "a worker": []}
    parents, commands = {}, {}
    for folder in Path("/proc").glob("[0-9]*"):
        try:
            parents[int(folder.name)] = int((folder / "stat").read_text().rpartition(")")[2].split()[1])
            commands[int(folder.name)] = (folder / "cmdline").read_text()
        except (OSError, IndexError):
            continue
    servers = [pid for pid, parent in parents.items() if parent == run and "forkserver" in commands[pid]]
    found["the fork server"] = servers
    found["a worker"] = [pid for pid, parent in parents.items() if parent in servers]
    return found


def figures(results: StoredResults) -> tuple[object, ...]:
    return (
        results.scores,
        [(row.key, row.payload_bytes, row.applied_delay_s) for row in results.codings],
        results.utterances,
    )


@pytest.mark.timeout(7200)
@pytest.mark.skipif(sys.platform != "linux", reason="finds processes in /proc")
def test_any_process_at_any_moment(tmp_path: Path, benchmark: Callable[..., None]) -> None:
    del benchmark  # asked for so that this runs with the benchmarks alone
    began = time.monotonic()
    assert finished(start(tmp_path / "undisturbed")) == 0
    takes = time.monotonic() - began
    expected = figures(open_run(tmp_path / "undisturbed"))
    seed = int(os.environ.get("CODECBENCH_SEED", random.randrange(10**6)))
    chance, killed = random.Random(seed), Counter[str]()
    print(f"\nseed {seed}; undisturbed the run takes {takes:.1f} s")
    for number in range(KILLS):
        out = tmp_path / str(number)
        process = start(out)
        time.sleep(chance.uniform(0.1, 1.0) * takes)
        among = {what: pids for what, pids in victims(process.pid).items() if pids}
        what = chance.choice(sorted(among))
        try:
            os.kill(chance.choice(among[what]), signal.SIGKILL)
        except ProcessLookupError:
            what = "nothing, it had ended"
        killed[what] += 1
        if finished(process) != 0:
            assert finished(start(out)) == 0
        assert figures(open_run(out)) == expected, f"kill {number}, of {what}"
    print(", ".join(f"{count} x {what}" for what, count in killed.items()), "- all stores are equal")
