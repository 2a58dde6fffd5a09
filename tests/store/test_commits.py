"""What is written is there for readers within the time, also where nothing is written after it."""

from __future__ import annotations

import sqlite3
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from codecbench.store.commits import Commits


@pytest.fixture
def connection(tmp_path: Path) -> Iterator[sqlite3.Connection]:
    connection = sqlite3.connect(tmp_path / "file", check_same_thread=False)
    connection.execute("CREATE TABLE t (x)")
    yield connection
    connection.close()


def write(commits: Commits, value: int) -> None:
    with commits.writing() as connection:
        connection.execute("INSERT INTO t VALUES (?)", (value,))


def seen(path: Path) -> int:
    with sqlite3.connect(path) as reader:
        return int(reader.execute("SELECT count(*) FROM t").fetchone()[0])


def test_soon_is_within_the_time_and_no_sooner(connection: sqlite3.Connection, tmp_path: Path) -> None:
    commits = Commits(connection, seconds=0.3)
    for _ in range(3):
        write(commits, 1)
    assert seen(tmp_path / "file") == 0
    deadline = time.monotonic() + 20
    while seen(tmp_path / "file") < 3:
        assert time.monotonic() < deadline
        time.sleep(0.02)


def test_now_is_at_once_and_what_follows_is_soon_again(connection: sqlite3.Connection, tmp_path: Path) -> None:
    commits = Commits(connection, seconds=60.0)
    write(commits, 1)
    commits.now()
    assert seen(tmp_path / "file") == 1
    write(commits, 2)
    commits.now()
    assert seen(tmp_path / "file") == 2


def test_threads_that_write_at_once_take_turns(connection: sqlite3.Connection, tmp_path: Path) -> None:
    commits = Commits(connection, seconds=0.001)
    with ThreadPoolExecutor(4) as threads:
        list(threads.map(lambda value: write(commits, value), range(2_000)))
    commits.now()
    assert seen(tmp_path / "file") == 2_000
