"""What is written is there for readers within the time, also where nothing is written after it."""

from __future__ import annotations

import sqlite3
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from codecbench.store.commits import Commits


@pytest.fixture
def connection(tmp_path: Path) -> Iterator[sqlite3.Connection]:
    connection = sqlite3.connect(tmp_path / "file", check_same_thread=False)
    connection.execute("CREATE TABLE t (x)")
    yield connection
    connection.close()


def seen(path: Path) -> int:
    with sqlite3.connect(path) as reader:
        return int(reader.execute("SELECT count(*) FROM t").fetchone()[0])


def test_soon_is_within_the_time_and_no_sooner(connection: sqlite3.Connection, tmp_path: Path) -> None:
    commits = Commits(connection, seconds=0.3)
    for _ in range(3):
        connection.execute("INSERT INTO t VALUES (1)")
        commits.soon()
    assert seen(tmp_path / "file") == 0
    deadline = time.monotonic() + 20
    while seen(tmp_path / "file") < 3:
        assert time.monotonic() < deadline
        time.sleep(0.02)


def test_now_is_at_once_and_what_follows_is_soon_again(connection: sqlite3.Connection, tmp_path: Path) -> None:
    commits = Commits(connection, seconds=60.0)
    connection.execute("INSERT INTO t VALUES (1)")
    commits.soon()
    commits.now()
    assert seen(tmp_path / "file") == 1
    connection.execute("INSERT INTO t VALUES (2)")
    commits.soon()
    commits.now()
    assert seen(tmp_path / "file") == 2
