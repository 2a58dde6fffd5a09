"""Environments are really made here: small ones, from the registry."""

from __future__ import annotations

import os
import shlex
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest
from conftest import REPOSITORY
from mounted import shell

from codecbench.api import Environment
from codecbench.environments import installing, making
from codecbench.environments.folders import EnvironmentRecord, environment_folder, python_in
from codecbench.environments.making import make, remove
from codecbench.environments.probing import probe
from codecbench.errors import Unavailable

SMALL = Environment(("tabulate>=0.9",), python=">=3.8")
MAKE = """
import sys
from codecbench.api import Environment
from codecbench.environments.making import make
make("small:default", Environment(("tabulate>=0.9",), python=">=3.8"), lambda text: print(text, flush=True))
"""


def maker(cache: Path) -> subprocess.Popen[str]:
    """Another process that makes `SMALL`; it prints what it does."""
    environment = os.environ | {"CODECBENCH_CACHE": str(cache), "PYTHONPATH": str(REPOSITORY)}
    return subprocess.Popen([sys.executable, "-c", MAKE], env=environment, stdout=subprocess.PIPE, text=True)


@pytest.fixture
def told() -> list[str]:
    return []


def test_what_was_made_is_not_made_again(small_cache: Path, told: list[str], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CODECBENCH_CACHE", str(small_cache))
    record = make("small:default", SMALL, told.append)
    assert told == []
    folder = environment_folder(SMALL)
    assert probe(python_in(folder), isolated=True) == record.facts
    assert {"numpy", "tabulate"} <= set(record.packages)
    assert record.made_with.startswith(("uv ", "pip "))
    same = Environment(("tabulate>=0.9",), python=">=3.8", gpu=True, side="other.py")
    assert environment_folder(same) == folder  # neither decides what is installed
    assert environment_folder(Environment(("tabulate>=0.8",), python=">=3.8")) != folder


def test_two_makers_make_one(tmp_path: Path) -> None:
    makers = [maker(tmp_path), maker(tmp_path)]
    told = "".join(process.communicate(timeout=300)[0] for process in makers)
    assert [process.returncode for process in makers] == [0, 0]
    assert told.count("its environment is made: Python") == 1, told


def test_what_a_killed_maker_leaves_is_no_environment(
    tmp_path: Path, told: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("CODECBENCH_CACHE", str(tmp_path))
    root = tmp_path / "environments"
    process = maker(tmp_path)
    while not list(root.glob(".*.partial/*")):  # it has begun
        assert process.poll() is None, "it ended before it could be killed"
        time.sleep(0.005)
    process.send_signal(signal.SIGKILL)
    process.communicate()
    assert EnvironmentRecord.read(environment_folder(SMALL)) is None
    assert list(root.glob(".*.partial"))
    environment_folder(SMALL).mkdir()  # and a folder of that name that says nothing of what it is
    make("small:default", SMALL, told.append)
    assert not list(root.glob(".*.partial"))
    assert probe(python_in(environment_folder(SMALL)), isolated=True).packages["tabulate"]
    remove(environment_folder(SMALL))
    assert not environment_folder(SMALL).exists()


@pytest.mark.parametrize(
    ("environment", "said"),
    [
        (Environment(("codecbench-no-such-package-at-all",)), "codecbench-no-such-package-at-all was not found"),
        (Environment(("tabulate==0.0.999",)), "tabulate==0.0.999"),
        (Environment((), python="<3"), "Python <3"),
    ],
)
def test_what_cannot_be_made_is_one_line(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, told: list[str], environment: Environment, said: str
) -> None:
    monkeypatch.setenv("CODECBENCH_CACHE", str(tmp_path))
    with pytest.raises(Unavailable) as error:
        make("small:default", environment, told.append)
    message = str(error.value)
    assert message.startswith("small:default: its environment cannot be made: ")
    assert said in message
    assert "\n" not in message
    log = Path(message.rpartition("; log: ")[2])
    assert log.is_file()
    assert not [path for path in log.parent.iterdir() if path.is_dir()]


def test_by_pip_where_uv_is_not(tmp_path: Path, told: list[str], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CODECBENCH_CACHE", str(tmp_path))
    monkeypatch.setattr(installing, "find_uv", lambda: None)
    record = make("small:default", SMALL, told.append)
    assert record.made_with.startswith("pip of Python 3.")
    assert "making its environment with pip of Python" in told[0]
    assert {"numpy", "tabulate"} <= set(record.packages)
    with pytest.raises(Unavailable, match=r"it wants Python <3, and none is here; install one"):
        make("small:default", Environment((), python="<3"), told.append)


def test_a_full_disk_is_one_line(tmp_path: Path) -> None:
    code = (
        "from codecbench.api import Environment, Unavailable\n"
        "from codecbench.environments.making import make\n"
        "try:\n"
        "    make('small:default', Environment(('tabulate',)), lambda text: None)\n"
        "except Unavailable as error:\n"
        "    print(error)\n"
    )
    (tmp_path / "cache").mkdir()
    place = shlex.quote(str(tmp_path / "cache"))
    environment = os.environ | {"CODECBENCH_CACHE": str(tmp_path / "cache"), "PYTHONPATH": str(REPOSITORY)}
    mount = f"mount -t tmpfs -o size=2m tmpfs {place}"
    out, error, status = shell(tmp_path, mount, shlex.join([sys.executable, "-c", code]), environment)
    assert status == 0, error
    assert out.startswith("small:default: its environment cannot be made: ")
    assert "No space left on device" in out
    assert out.count("\n") == 1
    assert "Traceback" not in error


def test_a_cache_that_cannot_be_written_is_one_line(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "cache").write_text("a file")
    monkeypatch.setenv("CODECBENCH_CACHE", str(tmp_path / "cache"))
    with pytest.raises(Unavailable, match="small:default: its environment cannot be made: the system refuses: "):
        make("small:default", SMALL, print)


def test_progress_is_told(tmp_path: Path, told: list[str], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(making, "SAY_EVERY_S", 0.0)
    log = tmp_path / "log"
    making._run([sys.executable, "-c", "print('Downloading  torch\\n\\nPrepared')"], {}, log, "x", told.append)
    assert told == ["x: Downloading torch", "x: Prepared"]
    assert "Downloading  torch" in log.read_text()
