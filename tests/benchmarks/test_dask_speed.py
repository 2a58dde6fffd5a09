"""One Dask worker against two, of one core each: `pytest tests/benchmarks/test_dask_speed.py --benchmark-only -s`."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from importlib.resources import files
from pathlib import Path

import pytest
from running import codecbench

UTTERANCES = 200


def started(module: str, *arguments: str, core: int | None = None) -> subprocess.Popen[bytes]:
    def pin() -> None:
        if core is not None:
            os.sched_setaffinity(0, {core})

    command = [sys.executable, "-m", f"distributed.cli.{module}", *arguments]
    return subprocess.Popen(
        command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, start_new_session=True, preexec_fn=pin
    )


def seconds(folder: Path, manifest: Path, cores: list[int]) -> float:
    place = folder / "scheduler.json"
    processes = [
        started(
            "dask_scheduler", "--host", "127.0.0.1", "--port", "0", "--no-dashboard", "--scheduler-file", str(place)
        )
    ]
    try:
        while not place.is_file() or not place.read_text():
            time.sleep(0.1)
        address = json.loads(place.read_text())["address"]
        processes += [
            started(
                "dask_worker", address, "--host", "127.0.0.1", "--nthreads", "1", "--no-nanny", "--no-dashboard",
                "--local-directory", str(folder / str(core)), core=core,
            )
            for core in cores
        ]  # fmt: skip
        distributed = pytest.importorskip("distributed")
        client = distributed.Client(address, set_as_default=False)
        client.wait_for_workers(len(cores), timeout=120)
        client.close()
        start = time.perf_counter()
        result = codecbench(
            "run", "--codecs", "opus,codec2", "--bitrates", "2.4,3.2,6,8", "--metrics", "pesq_wb,stoi,estoi", "--cost",
            "none", "--keep-audio", "none", "--dataset", manifest, "--scheduler", address, "--jobs", 1,
            "--out", folder / "run",
        )  # fmt: skip
        assert result.returncode == 0, result.stderr
        return time.perf_counter() - start
    finally:
        for process in reversed(processes):
            os.killpg(process.pid, signal.SIGKILL)
            process.wait()


@pytest.mark.timeout(1800)
def test_two_workers_against_one(tmp_path: Path, benchmark: Callable[..., None]) -> None:
    del benchmark  # asked for so that this runs with the benchmarks alone
    pytest.importorskip("distributed")
    first, second = sorted(os.sched_getaffinity(0))[:2]
    probe = sorted(Path(str(files("codecbench.datasets") / "speech" / "probe")).rglob("*.flac"))
    rows = [f"u{n}\t{probe[n % len(probe)]}\ts{n % 8}" for n in range(UTTERANCES)]
    (tmp_path / "speech.tsv").write_text("id\tpath\tspeaker\n" + "\n".join(rows) + "\n")
    (tmp_path / "one").mkdir()
    (tmp_path / "two").mkdir()
    one = seconds(tmp_path / "one", tmp_path / "speech.tsv", [first])
    two = seconds(tmp_path / "two", tmp_path / "speech.tsv", [first, second])
    print(f"\none worker {one:.1f} s, two {two:.1f} s: {one / two:.2f} x (wanted 1.8)")
