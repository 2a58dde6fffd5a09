"""What an utterance costs more where the codec is in another process: wall time of the call less what the codec took.

`pytest tests/benchmarks/test_environment_overhead.py --benchmark-only -s`. Of this Python, so that nothing is made.
"""

from __future__ import annotations

import sys
import time
from collections.abc import Callable
from pathlib import Path
from statistics import median
from typing import Any

import numpy as np
from made_sides import write_side

from codecbench.api import Audio, CodecOptions, Interpreter
from codecbench.plugins import registry
from codecbench.plugins.given import add_file

REPEATS = 30
WANTED_MS = 10.0


def overhead_ms(codec: Any, seconds: float) -> float:
    """The median of encoding and decoding so much audio."""
    audio = Audio.mono(np.zeros(round(16000 * seconds), np.float32), 16000)
    point = codec.card.points[0]
    taken = []
    for _ in range(REPEATS):
        before, start = codec.seconds.wall, time.perf_counter()
        codec.decode(codec.encode(audio, point), point)
        taken.append(time.perf_counter() - start - (codec.seconds.wall - before))
    return 1000 * median(taken)


def test_the_pipe(tmp_path: Path, benchmark: Callable[..., None]) -> None:
    del benchmark  # asked for so that this runs with the benchmarks alone
    add_file(write_side(tmp_path, "timed_mulaw"))
    entry = registry().codecs["timed_mulaw:default"]
    codec = entry.factory(CodecOptions(settings={"mode": ""}, interpreter=Interpreter(Path(sys.executable), "")))
    print()
    for seconds in (1, 3, 10, 60):
        print(
            f"{seconds:3} s of speech: {overhead_ms(codec, seconds):.2f} ms beside the codec (wanted {WANTED_MS:.0f})"
        )
