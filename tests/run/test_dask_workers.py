"""A real scheduler and two real workers on this machine, of which one is killed half way: the plain run's results."""

from __future__ import annotations

import json
import os
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from running import codecbench, command_line

from codecbench.store import open_run

distributed = pytest.importorskip("distributed")

ARGUMENTS = (
    "run", "--codecs", "opus,pcm,codec2", "--bitrates", "2.4,6,96", "--metrics", "si_sdr,estoi", "--limit", 6,
    "--cost", "none", "--keep-audio", "none",
)  # fmt: skip


def started(module: str, *arguments: str, log: Path) -> subprocess.Popen[bytes]:
    command = [sys.executable, "-m", f"distributed.cli.{module}", *arguments]
    with log.open("wb") as file:
        return subprocess.Popen(command, stdout=file, stderr=file, start_new_session=True)


def end(process: subprocess.Popen[bytes], number: int = signal.SIGTERM) -> None:
    if process.poll() is None:
        os.killpg(process.pid, number)
    process.wait()


@pytest.fixture
def cluster(tmp_path: Path) -> Iterator[tuple[str, list[subprocess.Popen[bytes]]]]:
    """The scheduler's address, and its two workers of one thread each."""
    place = tmp_path / "scheduler.json"
    processes = [
        started(
            "dask_scheduler", "--host", "127.0.0.1", "--port", "0", "--no-dashboard", "--scheduler-file", str(place),
            log=tmp_path / "scheduler.log",
        )
    ]  # fmt: skip
    deadline = time.monotonic() + 120
    while not place.is_file() or not place.read_text():
        assert time.monotonic() < deadline
        time.sleep(0.1)
    address = json.loads(place.read_text())["address"]
    folder = tmp_path / "dask"
    workers = [
        started(
            "dask_worker", address, "--host", "127.0.0.1", "--nthreads", "1", "--no-nanny", "--no-dashboard",
            "--local-directory", str(folder / str(number)), log=tmp_path / f"worker{number}.log",
        )
        for number in range(2)
    ]  # fmt: skip
    processes += workers
    client = distributed.Client(address, set_as_default=False)
    client.wait_for_workers(2, timeout=120)
    client.close()
    yield address, workers
    for process in reversed(processes):
        end(process, signal.SIGKILL)


def test_a_worker_that_is_killed_costs_nothing(
    tmp_path: Path, cluster: tuple[str, list[subprocess.Popen[bytes]]]
) -> None:
    address, workers = cluster
    assert codecbench(*ARGUMENTS, "--out", tmp_path / "plain").returncode == 0
    command, environment = command_line(None, *ARGUMENTS, "--scheduler", address, "--out", tmp_path / "run")
    process = subprocess.Popen(command, env=environment, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
    assert process.stderr is not None
    for line in process.stderr:
        if "on the cluster: codecs" in line:  # the originals are there, the codecs are on their way
            end(workers[0], signal.SIGKILL)
            break
    output, errors = process.communicate(timeout=250)
    assert process.returncode == 0, output + errors
    plain, run = open_run(tmp_path / "plain"), open_run(tmp_path / "run")
    assert run.scores == plain.scores
    assert run.codings == plain.codings


def test_audio_that_workers_do_not_see_is_shipped(
    tmp_path: Path, clips: Path, cluster: tuple[str, list[subprocess.Popen[bytes]]]
) -> None:
    """They read the copy that came with their first task, in a folder of their own."""
    address, _ = cluster
    speech = tmp_path / "here" / "speech"
    speech.mkdir(parents=True)
    rows = [f"u{n}\t{shutil.copy(clips.parent / f'clip{n}.wav', speech)}\ts{n}" for n in range(3)]
    (speech / "speech.tsv").write_text("id\tpath\tspeaker\n" + "\n".join(rows) + "\n")
    run = (
        "run", "--codecs", "opus", "--bitrates", "6", "--metrics", "si_sdr", "--cost", "none", "--keep-audio", "none",
        "--dataset", speech / "speech.tsv", "--scheduler", address,
    )  # fmt: skip
    shipped = codecbench(*run, "--ship-audio", "--out", tmp_path / "run")
    assert shipped.returncode == 0, shipped.stderr
    assert "failed on the cluster" not in shipped.stderr
    assert list((tmp_path / "dask").rglob("speech-*/speech.jsonl"))
    assert len(open_run(tmp_path / "run").scores) == 3


def test_nobody_offers_a_device(tmp_path: Path, cluster: tuple[str, list[subprocess.Popen[bytes]]]) -> None:
    address, _ = cluster
    result = codecbench(*ARGUMENTS, "--device", "cuda", "--scheduler", address, "--out", tmp_path / "run")
    assert result.returncode == 2
    assert "no worker offers one; start those that have one by dask worker ... --resources GPU=1" in result.stderr


def test_nobody_at_the_address_is_one_line(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DASK_DISTRIBUTED__COMM__TIMEOUTS__CONNECT", "1s")
    result = codecbench(*ARGUMENTS, "--scheduler", "tcp://127.0.0.1:9", "--out", tmp_path / "run")
    assert result.returncode == 2
    assert "--scheduler tcp://127.0.0.1:9: no scheduler answers there" in result.stderr
    assert "Traceback" not in result.stderr
