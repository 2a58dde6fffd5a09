"""A real Dask scheduler and workers of one thread each, as processes of this machine."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

import pytest


@contextmanager
def dask_cluster(
    folder: Path, cores: Sequence[int | None]
) -> Iterator[tuple[str, list[subprocess.Popen[bytes]]]]:  # fmt: skip
    """The scheduler's address, and a worker for each of `cores`, held to it where one is named. Their output is kept
    in `folder`, and what they store under `folder/dask`.
    """
    distributed = pytest.importorskip("distributed")
    place = folder / "scheduler.json"
    processes = [
        _started(
            "dask_scheduler", "--host", "127.0.0.1", "--port", "0", "--no-dashboard", "--scheduler-file", str(place),
            log=folder / "scheduler.log",
        )
    ]  # fmt: skip
    try:
        deadline = time.monotonic() + 120
        while not place.is_file() or not place.read_text():
            assert time.monotonic() < deadline
            time.sleep(0.1)
        address = json.loads(place.read_text())["address"]
        processes += [
            _started(
                "dask_worker", address, "--host", "127.0.0.1", "--nthreads", "1", "--no-nanny", "--no-dashboard",
                "--local-directory", str(folder / "dask" / str(number)), log=folder / f"worker{number}.log", core=core,
            )
            for number, core in enumerate(cores)
        ]  # fmt: skip
        client = distributed.Client(address, set_as_default=False)
        client.wait_for_workers(len(cores), timeout=120)
        client.close()
        yield address, processes[1:]
    finally:
        for process in reversed(processes):
            kill(process)


def kill(process: subprocess.Popen[bytes]) -> None:
    if process.poll() is None:
        os.killpg(process.pid, signal.SIGKILL)
    process.wait()


def _started(module: str, *arguments: str, log: Path, core: int | None = None) -> subprocess.Popen[bytes]:
    command = [sys.executable, "-m", f"distributed.cli.{module}", *arguments]
    with log.open("wb") as file:
        process = subprocess.Popen(command, stdout=file, stderr=file, start_new_session=True)
    if core is not None:
        os.sched_setaffinity(process.pid, {core})  # before it starts any thread or process of its own
    return process
