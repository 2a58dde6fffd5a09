"""A real scheduler and two real workers on this machine, of which one is killed half way: the plain run's results."""

from __future__ import annotations

import shutil
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest
from dask_cluster import dask_cluster, kill
from running import codecbench, command_line

from codecbench.store import open_run

pytest.importorskip("distributed")

ARGUMENTS = (
    "run", "--codecs", "opus,pcm,codec2", "--bitrates", "2.4,6,96", "--metrics", "si_sdr,estoi", "--limit", 6,
    "--cost", "none", "--keep-audio", "none",
)  # fmt: skip


@pytest.fixture
def cluster(tmp_path: Path) -> Iterator[tuple[str, list[subprocess.Popen[bytes]]]]:
    """The scheduler's address, and its two workers."""
    with dask_cluster(tmp_path, [None, None]) as cluster:
        yield cluster


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
            kill(workers[0])
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
