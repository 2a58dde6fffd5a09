"""`--device`: whether this machine has it, asked before anything runs: else every cell would fail for one reason."""

from __future__ import annotations

import subprocess
import sys

from codecbench.errors import UsageError

SECONDS = 120.0
"""For torch to be imported from a slow disk."""
ASK = """
import sys
try:
    import torch
except Exception as error:
    sys.exit(f"torch cannot be imported ({type(error).__name__})")
kind, _, index = sys.argv[1].partition(":")
if kind == "mps":
    found = ["mps"] if torch.backends.mps.is_available() else []
else:
    found = [f"cuda:{number}" for number in range(torch.cuda.device_count())]
if int(index or 0) >= len(found):
    sys.exit(f"torch {torch.__version__} finds {', '.join(found) or 'no such device'} here")
"""


def require_device(device: str) -> None:
    """In a process of its own: whoever has initialized a device cannot fork workers that use it.

    Raises:
        UsageError: torch is not here, or finds no such device.
    """
    if device == "cpu":
        return
    command = [sys.executable, "-c", ASK, device]
    try:
        done = subprocess.run(command, capture_output=True, text=True, timeout=SECONDS, check=False)
    except subprocess.TimeoutExpired:
        raise UsageError(f"--device {device}: torch did not say within {SECONDS:.0f} s whether it is here") from None
    if done.returncode:
        said = (done.stderr.strip().splitlines() or [f"torch ended with status {done.returncode}"])[-1]
        raise UsageError(f"--device {device}: {said}; leave it out to run on the CPU, or install a torch that has it")
