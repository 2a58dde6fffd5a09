"""A process that has grown gives back what it has freed."""

from __future__ import annotations

import json
import subprocess
import sys

import pytest

from codecbench.run import trimming

GROWS = """
import json
from codecbench.run import trimming

def grown():
    # Many blocks below the size that goes back by itself, the last of them kept: the heap's top stays where it is.
    blocks = [bytearray(100_000) for _ in range(6_000)]
    return blocks[-1]

trimming.give_back()
before = trimming._resident()
kept = grown()
after = trimming._resident()
trimming.give_back()
given = trimming._resident()
print(json.dumps([before, after, given]))
"""


@pytest.mark.skipif(trimming._trim() is None or trimming._resident() is None, reason="no glibc, or no /proc")
def test_what_was_freed_goes_back() -> None:
    environment = {"MALLOC_TRIM_THRESHOLD_": str(4 * 10**9), "MALLOC_MMAP_THRESHOLD_": str(10**9)}
    result = subprocess.run([sys.executable, "-c", GROWS], capture_output=True, text=True, check=True, env=environment)
    before, after, given = json.loads(result.stdout)
    assert after - before > 500_000_000
    assert given - before < 100_000_000


def test_a_process_that_has_not_grown_is_left_alone(monkeypatch: pytest.MonkeyPatch) -> None:
    trims: list[int] = []
    sizes = iter([100 * 2**20, 400 * 2**20, 300 * 2**20, 500 * 2**20, 600 * 2**20, 450 * 2**20])
    monkeypatch.setattr(trimming, "_trim", lambda: trims.append)
    monkeypatch.setattr(trimming, "_resident", lambda: next(sizes))
    monkeypatch.setattr(trimming, "_kept", [0])
    trimming.give_back()  # 100 MiB: no
    assert trims == []
    trimming.give_back()  # 400: yes, 300 stay
    assert trims == [0]
    trimming.give_back()  # 500: no
    assert trims == [0]
    trimming.give_back()  # 600: yes
    assert trims == [0, 0]


def test_a_system_that_does_not_tell_is_left_alone(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(trimming, "_resident", lambda: None)
    trimming.give_back()
    monkeypatch.setattr(trimming, "_trim", lambda: None)
    trimming.give_back()
