"""The end of a pool, where a worker may still be starting."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

SCRIPT = """
import signal, sys, time
from pathlib import Path

from codecbench.run.pool import Pool, Task


def end_late():
    signal.signal(signal.SIGTERM, lambda *_: time.sleep(3))


if __name__ == "__main__":
    with Pool(2, Path(sys.argv[1])) as pool:
        for outcome in pool.run(iter([Task("hangs", time.sleep, (60,), 3), Task("late", end_late, (), 60)])):
            print(outcome.tag, getattr(outcome.value, "reason", ""))
"""


def test_a_replacement_that_is_starting_when_the_pool_ends_does_so_without_a_word(tmp_path: Path) -> None:
    """The worker that ends late keeps the pool ending for longer than a start takes, so the two do meet."""
    script = tmp_path / "ends.py"
    script.write_text(SCRIPT)
    result = subprocess.run(
        [sys.executable, script, tmp_path / "log"], capture_output=True, text=True, timeout=100, check=True
    )
    assert result.stderr == ""
    assert result.stdout.splitlines() == ["late ", "hangs no result within 3 s; its process was killed"]
