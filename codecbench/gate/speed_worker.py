"""One side of an A/B comparison of speed: a process that holds one codec and times one block on request.

Run as a file, `python -P speed_worker.py SPEC POINT`, so that with another source tree in front of its path everything
it imports, codecbench included, is that tree's. Speaks JSON lines.
"""

from __future__ import annotations

import json
import os
import resource
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

SECONDS = 3.0
BLOCK_S = 0.05
"""A block of calls lasts at least this: a single short call would time the scheduler."""


def main(spec: str, point: str) -> None:
    """Answer `{"ready": ...}` and then, for each line `encode` or `decode`, wall and CPU time per second of audio."""
    answers = os.fdopen(os.dup(1), "w")
    os.dup2(2, 1)  # what a plugin prints must not mix with the answers
    try:
        stages, facts = _load(spec, point)
    except Exception as error:
        _say(answers, {"error": f"{type(error).__name__}: {error}"})
        return
    calls = {name: max(1, round(BLOCK_S / max(_block(call, 1)["wall"], 1e-6))) for name, call in stages.items()}
    _say(answers, {"ready": facts})
    for line in sys.stdin:
        stage = line.strip()
        try:
            _say(answers, _block(stages[stage], calls[stage]))
        except Exception as error:
            _say(answers, {"error": f"{stage}: {type(error).__name__}: {error}"})


def _load(spec: str, point: str) -> tuple[dict[str, Callable[[], object]], dict[str, Any]]:
    from codecbench.api import CodecOptions
    from codecbench.audio import with_channels
    from codecbench.cost.signals import speech_like
    from codecbench.plugins import registry
    from codecbench.weights import resolve

    entry = registry().codec(spec)
    card = entry.card
    chosen = card.point(point) if point else card.points[-1]
    codec = entry.factory(CodecOptions.of(card, resolve(card, None)))
    audio = with_channels(speech_like(round(SECONDS * card.sample_rate), card.sample_rate, 0), card.channels)
    payload = codec.encode(audio, chosen)
    stages: dict[str, Callable[[], object]] = {
        "encode": lambda: codec.encode(audio, chosen),
        "decode": lambda: codec.decode(payload, chosen),
    }
    for call in stages.values():
        call()  # the first call allocates and compiles
    module = sys.modules.get(entry.module)
    return stages, {"spec": card.spec, "point": chosen.label, "file": str(Path(getattr(module, "__file__", "") or ""))}


def _block(call: Callable[[], object], calls: int) -> dict[str, float]:
    wall, cpu = time.perf_counter(), _cpu_seconds()
    for _ in range(calls):
        call()
    per = calls * SECONDS
    return {"wall": (time.perf_counter() - wall) / per, "cpu": (_cpu_seconds() - cpu) / per}


def _cpu_seconds() -> float:
    """As `codecbench.cost.blocks.cpu_seconds`, which an older source tree in front of the path does not have."""
    children = resource.getrusage(resource.RUSAGE_CHILDREN)
    return time.process_time() + children.ru_utime + children.ru_stime


def _say(answers: Any, value: dict[str, Any]) -> None:
    answers.write(json.dumps(value) + "\n")
    answers.flush()


if __name__ == "__main__":
    main(*sys.argv[1:])
