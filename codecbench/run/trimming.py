"""Memory that a worker has freed goes back to the system now and then.

Workers' allocators keep what is freed (`codecbench.run.processes.ALLOCATOR`), for a recognizer wants the same blocks
again and again. Codecs want other ones for every length of speech: a coding process of FACodec grew from 0.4 to 1.2 GB
over 36 utterances, of which two thirds were free. Giving it back when it has grown costs no time that can be measured.
"""

from __future__ import annotations

import ctypes
import os
from functools import cache
from pathlib import Path
from typing import Any

GROWTH = 256 * 2**20
"""Bytes by which a process may grow before it gives back what is free."""
STATM = Path("/proc/self/statm")

_kept = [0]
"""What was resident when memory was given back last."""


def give_back() -> None:
    """Give free memory back where the process has grown. Does nothing on systems that do not tell, or cannot."""
    trim, resident = _trim(), _resident()
    if trim is None or resident is None or resident < _kept[0] + GROWTH:
        return
    trim(0)
    _kept[0] = _resident() or 0


@cache
def _trim() -> Any:
    """glibc's `malloc_trim`; None where the C library is another."""
    try:
        return ctypes.CDLL(None).malloc_trim
    except (OSError, AttributeError, TypeError):
        return None


def _resident() -> int | None:
    """Bytes of this process in memory; None where the system does not tell."""
    try:
        return int(STATM.read_text().split()[1]) * os.sysconf("SC_PAGE_SIZE")
    except (OSError, ValueError, IndexError):
        return None
