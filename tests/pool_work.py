"""What tests have workers do: a worker imports it by this name."""

from __future__ import annotations

import os
import signal
import sys
import time
from pathlib import Path


def whoami(seconds: float = 0.0) -> int:
    time.sleep(seconds)
    return os.getpid()


def kill_first(mark: Path) -> str:
    """As if the system ran out of memory the first time, and not the second."""
    if not mark.exists():
        mark.touch()
        os.kill(os.getpid(), signal.SIGKILL)
    return "done"


def imported(name: str) -> bool:
    return name in sys.modules
