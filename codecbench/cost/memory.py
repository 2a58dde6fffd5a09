"""The most memory that a process holds while it works, as the kernel counts it.

Linux keeps the high-water mark of a process's resident memory (`VmHWM` in /proc/self/status) and brings it down to what
is resident now when asked to (`clear_refs`, proc(5)). `getrusage` does not serve: its mark cannot be brought down, and
a child begins with its parent's. What an allocator has kept of earlier work is still resident, so a codec is measured
in a process that has held no other one.
"""

from __future__ import annotations

import gc
from collections.abc import Callable
from pathlib import Path

from codecbench.api import Abstain
from codecbench.cost.blocks import WorksElsewhere

PROCESS = Path("/proc/self")


def process_of(codec: object) -> Path:
    """The process that does the codec's work: this one, or another."""
    return Path(f"/proc/{codec.pid}") if isinstance(codec, WorksElsewhere) else PROCESS


BRING_DOWN = "5"
"""What `clear_refs` takes for "set the high-water mark to the memory resident now"."""


def peak_rss_mb(work: Callable[[], object], process: Path = PROCESS) -> float:
    """MiB resident at most in `process` while `work` runs, all that it held before included.

    Raises:
        Abstain: this system does not tell.
    """
    gc.collect()
    try:
        (process / "clear_refs").write_text(BRING_DOWN)
    except OSError as error:
        raise Abstain("peak memory is not available on this system (no writable /proc/self/clear_refs)") from error
    work()
    for line in (process / "status").read_text().splitlines():
        if line.startswith("VmHWM:"):
            return int(line.split()[1]) / 1024  # the kernel counts KiB
    raise Abstain("peak memory is not available on this system (no VmHWM in /proc/self/status)")
