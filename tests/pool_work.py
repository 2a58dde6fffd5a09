"""What tests have workers do: a worker imports it by this name."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from collections.abc import Sequence
from pathlib import Path
from tempfile import TemporaryDirectory


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


def leave_a_child(mark: Path, hangs: bool) -> None:
    """As a wrapper of a command-line encoder."""
    child = subprocess.Popen(["sleep", "4321"])
    mark.write_text(str(child.pid))
    if hangs:
        child.wait()


def child_finds() -> str:
    """Whether a script that a worker starts finds the module beside it, as Python would have it."""
    with TemporaryDirectory() as folder:
        (Path(folder) / "neighbour.py").write_text("WHERE = 'beside'")
        (Path(folder) / "script.py").write_text("import neighbour; print(neighbour.WHERE)")
        command = [sys.executable, str(Path(folder) / "script.py")]
        return subprocess.run(command, capture_output=True, text=True, check=False).stdout.strip()


def every_utterance(_folder: Path, among: Sequence[str]) -> Sequence[str]:
    """Chosen to listen to, whatever the results are."""
    return among


def no_utterance(_folder: Path, _among: Sequence[str]) -> Sequence[str]:
    """None is chosen to listen to."""
    return ()
