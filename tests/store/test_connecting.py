"""A run is read where nobody may write, and what cannot be opened is told from what is no run."""

from __future__ import annotations

import shutil
import sqlite3
from pathlib import Path

import pytest
from mounted import mounted

from codecbench.errors import UsageError
from codecbench.store import FILE, Store
from codecbench.store.connecting import problem, readable


def made(folder: Path) -> Path:
    folder.mkdir()
    with Store(folder, create=True) as store:
        store.set_meta(schema=1, dataset="probe")
    return folder


def test_a_run_that_has_ended_is_one_plain_file(tmp_path: Path) -> None:
    assert [path.name for path in made(tmp_path / "run").iterdir()] == [FILE]


def test_one_that_somebody_reads_when_it_ends_stays_readable(tmp_path: Path) -> None:
    folder = made(tmp_path / "run")
    store = Store(folder, create=True)
    reader = readable(folder / FILE)
    reader.execute("BEGIN")
    assert reader.execute("SELECT count(*) FROM meta").fetchone()[0] == 2
    store.set_meta(revision="x")
    store.close()
    assert reader.execute("SELECT count(*) FROM meta").fetchone()[0] == 2
    reader.close()
    with Store(folder) as again:
        assert again.meta()["revision"] == "x"


def test_a_reader_writes_nothing(tmp_path: Path) -> None:
    folder = made(tmp_path / "run")
    before = (folder / FILE).read_bytes()
    with Store(folder) as store, pytest.raises(sqlite3.OperationalError, match="readonly"):
        store.connection.execute("DELETE FROM meta")
    assert (folder / FILE).read_bytes() == before
    assert [path.name for path in folder.iterdir()] == [FILE]


READ = "from codecbench.store import Store; print(Store(__import__('pathlib').Path('run')).meta()['dataset'])"


def test_it_is_read_from_a_medium_that_is_read_only(tmp_path: Path) -> None:
    made(tmp_path / "run")
    assert mounted(tmp_path, "run", "ro", READ) == ("probe\n", "")


def test_an_older_folder_too_and_one_that_was_killed_is_told(tmp_path: Path) -> None:
    folder = made(tmp_path / "run")
    with sqlite3.connect(folder / FILE) as connection:
        connection.execute("PRAGMA journal_mode=WAL")  # as folders were left before
    connection.close()
    assert mounted(tmp_path, "run", "ro", READ) == ("probe\n", "")
    killed = sqlite3.connect(folder / FILE)
    killed.execute("INSERT INTO meta VALUES ('revision', '\"x\"')")
    killed.commit()
    shutil.copytree(folder, tmp_path / "copy")
    killed.close()
    shutil.rmtree(folder)
    (tmp_path / "copy").rename(folder)
    (folder / f"{FILE}-shm").unlink()
    out, error = mounted(tmp_path, "run", "ro", READ)
    assert out == ""
    assert "the run was killed, and its last rows are in 'results.sqlite-wal'" in error


@pytest.mark.parametrize(
    ("error", "said"),
    [
        (sqlite3.OperationalError("unable to open database file"), "cannot be opened: unable to open database file"),
        (sqlite3.OperationalError("database or disk is full"), "cannot be opened: database or disk is full"),
        (sqlite3.OperationalError("no such table: meta"), "is not a codecbench run: no such table: meta"),
        (sqlite3.DatabaseError("file is not a database"), "is not a codecbench run: file is not a database"),
    ],
)
def test_what_cannot_be_opened_is_told_from_what_is_no_run(error: sqlite3.DatabaseError, said: str) -> None:
    assert str(problem(Path("run", FILE), error)) == f"'run/{FILE}' {said}"


@pytest.mark.parametrize("name", ["with space", "a?b", "a#b", "ü%20"])
def test_any_name_of_a_folder_is_read(tmp_path: Path, name: str) -> None:
    made(tmp_path / name)
    with Store(tmp_path / name) as store:
        assert store.meta()["dataset"] == "probe"


def test_no_run(tmp_path: Path) -> None:
    (tmp_path / FILE).write_bytes(b"no database" * 100)
    with pytest.raises(UsageError, match="is not a codecbench run: file is not a database"):
        Store(tmp_path)
