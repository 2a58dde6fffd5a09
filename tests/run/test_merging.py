"""Shards that are merged are the plain run: bit for bit, in any order, after a kill, and again."""

from __future__ import annotations

import os
import signal
import subprocess
import time
from dataclasses import replace
from pathlib import Path

import pytest
import sharded
from rich.console import Console
from running import codecbench, command_line, read_summary, scores_so_far

from codecbench.plugins import registry
from codecbench.report import write_outputs
from codecbench.run.execute import run
from codecbench.run.merging import merge_shards
from codecbench.run.plan import make_plan
from codecbench.run.progress import Reporter
from codecbench.run.request import Request
from codecbench.run.shard import Shard
from codecbench.store import Store
from codecbench.telling import telling_utterances


@pytest.fixture(scope="module")
def speech(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return sharded.make_speech(tmp_path_factory.mktemp("speech"))


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return sharded.install(tmp_path_factory.mktemp("site"))


@pytest.fixture(scope="module")
def plain(speech: Path, site: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The run without shards: what is read of the broken utterance fails, so its status is 3."""
    out = tmp_path_factory.mktemp("plain") / "run"
    result = codecbench(*sharded.arguments(speech), "--out", out, site=site)
    assert result.returncode == 3, result.stderr
    return out


def kill_shard(speech: Path, site: Path, part: str, out: Path) -> None:
    """As soon as it has some scores."""
    command, environment = command_line(site, *sharded.arguments(speech), "--shard", part, "--out", out)
    nowhere, slow = subprocess.DEVNULL, {**environment, sharded.SLOW: "0.2"}
    process = subprocess.Popen(command, env=slow, stderr=nowhere, stdout=nowhere, start_new_session=True)
    deadline = time.monotonic() + 120
    while scores_so_far(out) < 8:
        assert process.poll() is None, "it finished before it could be killed"
        assert time.monotonic() < deadline
        time.sleep(0.01)
    os.killpg(process.pid, signal.SIGKILL)
    process.wait()


def assert_same_run(merged: Path, plain: Path) -> None:
    assert sharded.figures(merged) == sharded.figures(plain)
    with Store(merged) as store, Store(plain) as whole:
        found, expected = store.results(), whole.results()
    for name in ("metrics", "utterances", "codecs", "scores", "skips", "ladder"):
        assert getattr(found, name) == getattr(expected, name), name
    assert [replace(row, codes=None) for row in found.codings] == [replace(row, codes=None) for row in expected.codings]
    assert found.meta["sample_utterances"] == expected.meta["sample_utterances"]


def test_two_shards_one_killed_are_merged_as_they_stand_and_then_are_the_plain_run(
    speech: Path, site: Path, plain: Path, tmp_path: Path
) -> None:
    first, second, run = tmp_path / "a", tmp_path / "b", tmp_path / "run"
    assert sharded.run_shard(speech, site, 2, 2, second).returncode in (0, 3)
    kill_shard(speech, site, "1/2", first)

    partly = codecbench("merge", second, first, "--out", run, site=site)
    assert partly.returncode == 3, partly.stderr
    with Store(run) as store:
        assert store.meta()["finished"] is None
    assert "not complete: " in partly.stdout
    assert f"of {sharded.CELLS + sharded.RUNGS} cells missing" in partly.stdout
    assert "shard 1/2: " in partly.stdout
    assert f"--shard 1/2 --out {first}" in partly.stdout
    assert "the run is not finished" in partly.stdout

    assert sharded.run_shard(speech, site, 1, 2, first).returncode in (0, 3)
    assert codecbench("merge", first, second, "--out", run, site=site).returncode == 3  # the broken utterance
    assert_same_run(run, plain)
    before = sharded.rows(run)
    assert codecbench("merge", second, first, second, "--out", run, site=site).returncode == 3
    assert sharded.rows(run) == before

    # What a shard coded for a delay alone is nobody's row.
    with Store(second) as store:
        (coded,) = store.connection.execute("SELECT count(*) FROM codings").fetchone()
        current = len(store.results().codings)
    assert coded > current
    delays = {row.applied_delay_s for row in Store(run).results().codings if row.codec == "late"}
    assert len(delays) == 1
    assert delays != {0.0}

    again = codecbench(*sharded.arguments(speech), "--out", run, site=site)
    summary = read_summary(run)["run"]
    expected = read_summary(plain)["run"]
    assert again.returncode == 3
    assert (summary["computed"], summary["reused"]) == (0, expected["computed"])
    assert {path.parent.name for path in (run / "audio").rglob("*.flac")} == {"original", "512", "513"}
    # And what is scored further stays when shards are merged once more.
    assert codecbench("score", run, "--metrics", "correlation", site=site).returncode == 3
    assert codecbench("merge", first, second, "--out", run, site=site).returncode == 3
    assert {"correlation", *sharded.METRICS} == set(read_summary(run)["metrics"])
    assert all("correlation" in row["scores"] for row in read_summary(run)["rows"])


def run_here(speech: Path, out: Path, part: str | None = None) -> Path:
    """A run of codecs that are always here, in this process: what plugins add is in the shards above."""
    request = Request(
        out, codecs="opus,pcm", dataset=str(speech), bitrates="6,12,256", metrics="si_sdr,mel_distance,delay_ms",
        cost="none", keep_audio="none", ladder=True, shard=None if part is None else Shard.parse(part),
    )  # fmt: skip
    with Reporter(Console(quiet=True)) as reporter:
        run(make_plan(request, registry()), reporter, telling_utterances)
    return out


def test_one_and_seven_shards_in_any_order_are_the_plain_run(speech: Path, tmp_path: Path) -> None:
    plain = run_here(speech, tmp_path / "plain")
    write_outputs(plain)
    cells = (sharded.UTTERANCES + 1) * (3 + 1 + 2 * 2)
    for count in (1, 7):
        folders = [run_here(speech, tmp_path / f"{part}of{count}", f"{part}/{count}") for part in range(1, count + 1)]
        for seed in (1, 2, 3):
            order, merged = sharded.shuffled(folders, seed), tmp_path / f"merged{count}-{seed}"
            half = merge_shards(order[: count // 2 + 1], merged, telling_utterances, print)
            assert half.done + half.missing == cells
            whole = merge_shards(order[count // 2 :], merged, telling_utterances, print)
            assert (whole.done, whole.missing) == (cells, 0)
            write_outputs(merged)
            assert_same_run(merged, plain)
