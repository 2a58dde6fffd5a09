"""How soon something happens: `pytest tests/benchmarks/test_starts.py --benchmark-only -s`.

Wall time of the best of five, beside Python's own start; and the first score of a small run, whose files the system has
in its cache by then.
"""

from __future__ import annotations

import subprocess
import sys
import time
from collections.abc import Callable, Sequence
from pathlib import Path

from running import command_line, scores_so_far


def best(command: Sequence[str], times: int = 5) -> float:
    def once() -> float:
        start = time.perf_counter()
        subprocess.run(command, capture_output=True, check=True)
        return time.perf_counter() - start

    return min(once() for _ in range(times))


def first_score(out: Path) -> float:
    command, environment = command_line(
        None, "run", "--codecs", "opus", "--bitrates", "6", "--limit", 2, "--cost", "none", "--jobs", 2, "--out", out,
    )  # fmt: skip
    start = time.perf_counter()
    process = subprocess.Popen(command, env=environment, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    while not scores_so_far(out):
        assert process.poll() is None or scores_so_far(out), "it ended without a score"
        time.sleep(0.02)
    seconds = time.perf_counter() - start
    assert process.wait(timeout=120) == 0
    return seconds


def test_starts(tmp_path: Path, benchmark: Callable[..., None]) -> None:
    del benchmark  # asked for so that this runs with the benchmarks alone
    python = best([sys.executable, "-c", "pass"])
    print(f"\npython {python:.2f} s")
    for arguments, wanted in ((("--help",), 0.3), (("list", "codecs"), 1.0)):
        seconds = best([sys.executable, "-m", "codecbench", *arguments])
        print(f"codecbench {' '.join(arguments)} {seconds:.2f} s, {seconds / python:.1f} x python (wanted {wanted} s)")
    first_score(tmp_path / "cold")
    seconds = first_score(tmp_path / "warm")
    print(f"first score of a warm small run {seconds:.1f} s, {seconds / python:.0f} x python (wanted 5 s)")
