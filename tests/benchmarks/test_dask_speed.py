"""One Dask worker against two, of one core each: `pytest tests/benchmarks/test_dask_speed.py --benchmark-only -s`."""

from __future__ import annotations

import os
import time
from collections.abc import Callable
from importlib.resources import files
from pathlib import Path

import pytest
from dask_cluster import dask_cluster
from running import codecbench

UTTERANCES = 400


def seconds(folder: Path, manifest: Path, cores: list[int]) -> float:
    with dask_cluster(folder, cores) as (address, _):
        start = time.perf_counter()
        result = codecbench(
            "run", "--codecs", "opus,codec2", "--bitrates", "2.4,3.2,6,8", "--metrics", "pesq_wb,stoi,estoi", "--cost",
            "none", "--keep-audio", "none", "--dataset", manifest, "--scheduler", address, "--jobs", 1,
            "--out", folder / "run",
        )  # fmt: skip
        assert result.returncode == 0, result.stderr
        return time.perf_counter() - start


@pytest.mark.timeout(1800)
def test_two_workers_against_one(tmp_path: Path, benchmark: Callable[..., None]) -> None:
    del benchmark  # asked for so that this runs with the benchmarks alone
    first, second = sorted(os.sched_getaffinity(0))[:2]
    probe = sorted(Path(str(files("codecbench.datasets") / "speech" / "probe")).rglob("*.flac"))
    rows = [f"u{n}\t{probe[n % len(probe)]}\ts{n % 8}" for n in range(UTTERANCES)]
    (tmp_path / "speech.tsv").write_text("id\tpath\tspeaker\n" + "\n".join(rows) + "\n")
    (tmp_path / "one").mkdir()
    (tmp_path / "two").mkdir()
    one = seconds(tmp_path / "one", tmp_path / "speech.tsv", [first])
    two = seconds(tmp_path / "two", tmp_path / "speech.tsv", [first, second])
    print(f"\none worker {one:.1f} s, two {two:.1f} s: {one / two:.2f} x (wanted 1.8)")
