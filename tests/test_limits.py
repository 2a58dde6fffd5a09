"""What a container leaves of a machine: quotas of both versions of cgroups, of the process's group and those above."""

from __future__ import annotations

from pathlib import Path

import pytest

from codecbench import limits

PERIOD = {"cpu__x__cpu.cfs_period_us": "100000"}


@pytest.fixture
def groups(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setattr(limits, "CGROUPS", tmp_path / "cgroup")
    monkeypatch.setattr(limits, "OWN_GROUPS", tmp_path / "own")
    monkeypatch.setattr(limits.os, "sched_getaffinity", lambda _: set(range(64)), raising=False)
    return tmp_path


def written(folder: Path, own: str, **files: str) -> None:
    (folder / "own").write_text(own)
    for name, text in files.items():
        path = folder / "cgroup" / name.replace("__", "/")
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(f"{text}\n")


@pytest.mark.parametrize(
    ("own", "files", "cores"),
    [
        ("0::/\n", {}, 64),
        ("0::/\n", {"cpu.max": "max 100000"}, 64),
        ("0::/\n", {"cpu.max": "200000 100000"}, 2),
        ("0::/\n", {"cpu.max": "150000 100000"}, 2),
        ("0::/\n", {"cpu.max": "50000 100000"}, 1),
        ("0::/pod/box\n", {"pod__box__cpu.max": "max 100000", "pod__cpu.max": "400000 100000"}, 4),
        ("4:cpu,cpuacct:/x\n2:memory:/x\n", {**PERIOD, "cpu__x__cpu.cfs_quota_us": "300000"}, 3),
        ("4:cpu:/x\n", {**PERIOD, "cpu__x__cpu.cfs_quota_us": "-1"}, 64),
    ],
)  # fmt: skip
def test_cores_are_those_of_the_quota(groups: Path, own: str, files: dict[str, str], cores: int) -> None:
    written(groups, own, **files)
    assert limits.available_cores() == cores


def test_affinity_bounds_too(groups: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    written(groups, "0::/\n", **{"cpu.max": "800000 100000"})
    monkeypatch.setattr(limits.os, "sched_getaffinity", lambda _: {3, 5}, raising=False)
    assert limits.available_cores() == 2


def test_memory_bounds_the_jobs(groups: Path) -> None:
    written(groups, "0::/\n", **{"memory.max": str(4 * 2**30), "memory.current": str(2**28)})
    assert limits.available_memory() == 4 * 2**30 - 2**28
    assert limits.default_jobs() == 2
    written(groups, "0::/\n", **{"memory.max": str(2**30), "memory.current": str(2**29)})
    assert limits.default_jobs() == 1


def test_a_system_without_cgroups_says_nothing(groups: Path) -> None:
    assert list(limits._quotas()) == []
    assert limits.available_cores() == 64
    written(groups, "2:memory:/x\n", **{"memory__x__memory.limit_in_bytes": str(2**63 - 4096)})
    assert list(limits._container_memory()) == []
