"""How much of the machine this process may use: its cores and memory, by affinity and by a container's quotas."""

from __future__ import annotations

import math
import os
from collections.abc import Iterator
from pathlib import Path

JOB_BYTES = 1.6 * 2**30
"""Of one of `--jobs`, at most: what docs/performance.md holds a run to."""
CGROUPS, OWN_GROUPS = Path("/sys/fs/cgroup"), Path("/proc/self/cgroup")
UNLIMITED = 2**60
"""Bytes: the first version of cgroups writes a number as large as this where there is no limit."""


def default_jobs() -> int:
    """`--jobs` where it is not given: the cores, or fewer where memory would not reach for them."""
    memory = available_memory()
    fitting = available_cores() if memory is None else int(memory / JOB_BYTES)
    return max(1, min(available_cores(), fitting))


def available_cores() -> int:
    """Cores this process may use: its affinity, and no more than a container's quota comes to, rounded up."""
    cores = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
    return max(1, min([cores, *(math.ceil(quota) for quota in _quotas())]))


def available_memory() -> int | None:
    """Bytes that are free now, or that a container has left; None where the system does not say."""
    known = [*_container_memory()]
    try:
        lines = Path("/proc/meminfo").read_text().splitlines()
        known += [1024 * int(line.split()[1]) for line in lines if line.startswith("MemAvailable:")]
    except (OSError, ValueError, IndexError):
        pass
    return min(known, default=None)


def _quotas() -> Iterator[float]:
    """Cores, by each limit that holds for this process."""
    for folder in _folders("cpu"):
        quota, _, period = _words(folder / "cpu.max").partition(" ")
        if quota and quota != "max":
            yield int(quota) / int(period or 100000)
        quota, period = _words(folder / "cpu.cfs_quota_us"), _words(folder / "cpu.cfs_period_us")
        if quota and period and int(quota) > 0:
            yield int(quota) / int(period)


def _container_memory() -> Iterator[int]:
    names = (("memory.max", "memory.current"), ("memory.limit_in_bytes", "memory.usage_in_bytes"))
    for folder in _folders("memory"):
        for limit, used in names:
            most, now = _words(folder / limit), _words(folder / used)
            if most not in ("", "max") and int(most) < UNLIMITED:
                yield max(0, int(most) - int(now or 0))


def _folders(controller: str) -> Iterator[Path]:
    """The process's group and those above it: the second version's one tree, and the first's of a controller."""
    try:
        lines = OWN_GROUPS.read_text().splitlines()
    except OSError:
        return
    for line in lines:
        _, controllers, place = line.split(":", 2)
        if controllers and controller not in controllers.split(","):
            continue
        for root in [CGROUPS] if not controllers else [CGROUPS / controller, CGROUPS / controllers]:
            group = Path(place.lstrip("/"))
            yield from (root / part for part in (group, *group.parents))


def _words(file: Path) -> str:
    try:
        return file.read_text().strip()
    except OSError:
        return ""
