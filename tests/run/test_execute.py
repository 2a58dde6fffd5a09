"""A run that is killed loses nothing, and goes on to exactly what it would have been."""

from __future__ import annotations

import os
import signal
import sqlite3
import subprocess
import time
from pathlib import Path

from running import codecbench, command_line, read_summary, scores_so_far

from codecbench.store import FILE, Store
from codecbench.store.rows import ScoreRow

METRICS = "pesq_wb,estoi,si_sdr,delay_ms"
ARGUMENTS = (
    "run", "--codecs", "pcm,opus,codec2", "--bitrates", "2.4,6,12,96,128", "--limit", 4, "--metrics", METRICS,
    "--cost", "none",
)  # fmt: skip


def stored(folder: Path) -> dict[tuple[str, ...], ScoreRow]:
    with Store(folder) as store:
        rows = store.results().scores
    return {(row.codec, row.point, row.utterance, row.metric): row for row in rows}


def test_kill_and_go_on(tmp_path: Path) -> None:
    undisturbed = codecbench(*ARGUMENTS, "--out", tmp_path / "undisturbed")
    assert undisturbed.returncode == 0, undisturbed.stderr

    command, environment = command_line(None, *ARGUMENTS, "--out", tmp_path / "killed")
    nowhere = subprocess.DEVNULL
    process = subprocess.Popen(command, env=environment, stderr=nowhere, stdout=nowhere, start_new_session=True)
    deadline = time.monotonic() + 120
    while scores_so_far(tmp_path / "killed") < 40:
        assert process.poll() is None, "it finished before it could be killed"
        assert time.monotonic() < deadline
        time.sleep(0.02)
    os.killpg(process.pid, signal.SIGKILL)
    process.wait()
    before = scores_so_far(tmp_path / "killed")

    resumed = codecbench(*ARGUMENTS, "--out", tmp_path / "killed")
    assert resumed.returncode == 0, resumed.stderr
    expected, found = stored(tmp_path / "undisturbed"), stored(tmp_path / "killed")
    assert found == expected
    run = read_summary(tmp_path / "killed")["run"]
    assert run["computed"] == len(expected) - before
    assert run["reused"] == before

    again = codecbench(*ARGUMENTS, "--out", tmp_path / "killed")
    assert again.returncode == 0
    run = read_summary(tmp_path / "killed")["run"]
    assert (run["computed"], run["reused"]) == (0, len(expected))


def test_interrupt_leaves_a_folder_that_resumes(tmp_path: Path) -> None:
    command, environment = command_line(None, *ARGUMENTS, "--out", tmp_path / "run")
    process = subprocess.Popen(
        command, env=environment, stderr=subprocess.PIPE, text=True, start_new_session=True,
        # A background job's children inherit an ignored SIGINT; a person's terminal does not.
        preexec_fn=lambda: signal.signal(signal.SIGINT, signal.SIG_DFL),
    )  # fmt: skip
    deadline = time.monotonic() + 120
    while scores_so_far(tmp_path / "run") < 10:
        assert time.monotonic() < deadline
        time.sleep(0.02)
    os.killpg(process.pid, signal.SIGINT)  # Ctrl-C reaches the whole group
    _, errors = process.communicate(timeout=60)
    assert process.returncode == 130
    assert "the same command goes on from here" in errors
    assert "Traceback" not in errors
    resumed = codecbench(*ARGUMENTS, "--out", tmp_path / "run")
    assert resumed.returncode == 0, resumed.stderr
    assert read_summary(tmp_path / "run")["run"]["reused"] >= 10


def test_a_second_plan_is_a_union(tmp_path: Path) -> None:
    shared = ("--limit", 2, "--cost", "none", "--out", tmp_path / "run")
    assert codecbench("run", "--codecs", "pcm", "--metrics", "si_sdr", *shared).returncode == 0
    assert codecbench("run", "--codecs", "opus", "--bitrates", "6,12", "--metrics", "stoi", *shared).returncode == 0
    summary = read_summary(tmp_path / "run")
    assert {(row["codec"], row["point"]) for row in summary["rows"]} == {
        *(("pcm", point) for point in ("96", "128", "192", "256")), ("opus", "6"), ("opus", "12"),
    }  # fmt: skip
    more = codecbench("run", "--codecs", "opus", "--bitrates", "6", "--metrics", "stoi,si_sdr", *shared)
    assert more.returncode == 0
    assert read_summary(tmp_path / "run")["run"]["computed"] == 2  # si_sdr alone: no stoi again


def test_score_adds_a_metric_without_encoding(tmp_path: Path) -> None:
    out = tmp_path / "run"
    few = ("--codecs", "opus", "--bitrates", "6", "--limit", 2, "--metrics", "stoi", "--cost", "none")
    assert codecbench("run", *few, "--out", out).returncode == 0
    with Store(out) as store:
        before = {row.key: row.decoded_sha256 for row in store.results().codings}
    result = codecbench("score", out, "--metrics", "estoi")
    assert result.returncode == 0, result.stderr
    with Store(out) as store:
        assert {row.key: row.decoded_sha256 for row in store.results().codings} == before
        assert {row.metric for row in store.results().scores} == {"stoi", "estoi"}
    assert read_summary(out)["run"]["computed"] == 2


def test_what_was_killed_before_decodes_were_compared_is_compared_later(tmp_path: Path, clips: Path) -> None:
    arguments = (
        "run", "--codecs", "pcm", "--bitrates", "96,256", "--dataset", clips, "--metrics", "si_sdr", "--cost", "none",
        "--keep-audio", "all", "--out", tmp_path,
    )  # fmt: skip
    assert codecbench(*arguments).returncode == 0
    with sqlite3.connect(tmp_path / FILE) as connection:
        connection.execute("DELETE FROM evidence WHERE value = 'true'")  # as if it had not come to that
        connection.execute(
            "UPDATE codings SET decoded_sha256 = 'what state made of it' WHERE key IN "
            "(SELECT key FROM current_codings WHERE point = '96')"
        )
    again = codecbench(*arguments)
    assert again.returncode == 3, again.stdout
    failed = [row for row in stored(tmp_path).values() if row.status == "failed"]
    assert {(row.point, row.utterance) for row in failed} == {("96", f"clip{number}") for number in range(3)}
    assert "a new instance decoded the same payload to other samples" in (failed[0].reason or "")
    with Store(tmp_path) as store:  # it may be the libraries: nothing that is stored is given up for it
        assert {row.status for row in store.results().codings} == {"ok"}
