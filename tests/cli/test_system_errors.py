"""What the system refuses is one line, and nothing that was finished is lost."""

from __future__ import annotations

import os
import shlex
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from mounted import shell
from running import codecbench, command_line

QUICK = (
    "--codecs", "pcm,opus", "--metrics", "si_sdr,estoi", "--cost", "none", "--keep-audio", "none", "--jobs", 2,
)  # fmt: skip


def typed(clips: Path, out: object, *more: object) -> tuple[str, dict[str, str]]:
    command, environment = command_line(None, "run", *QUICK, "--dataset", clips, "--out", out, *more)
    return shlex.join(command), dict(environment)


def check(said: str, status: int, expected: str, statuses: tuple[int, ...]) -> None:
    assert "Traceback" not in said
    assert expected in said, said
    assert status in statuses


def test_a_disk_that_is_full_at_the_start(tmp_path: Path, clips: Path) -> None:
    (tmp_path / "small").mkdir()
    command, environment = typed(clips, "small/run")
    _, said, status = shell(tmp_path, "mount -t tmpfs -o size=60k tmpfs small", command, environment)
    check(said, status, "disk is full", (1, 2))


@pytest.mark.parametrize("size", ["150k", "250k", "400k"])
def test_a_disk_that_gets_full(tmp_path: Path, clips: Path, size: str) -> None:
    """Whatever meets it first: the store, or the signals."""
    (tmp_path / "small").mkdir()
    command, environment = typed(clips, "small/run", "--keep-audio", "all")
    out, said, status = shell(tmp_path, f"mount -t tmpfs -o size={size} tmpfs small", command, environment)
    assert "Traceback" not in said + out
    assert status in (1, 2, 3)
    assert "full" in said or "No space left on device" in said + out


def test_a_folder_that_is_read_only(tmp_path: Path, clips: Path) -> None:
    (tmp_path / "ro").mkdir()
    command, environment = typed(clips, "ro/run")
    mount = "mount --bind ro ro && mount -o remount,ro,bind ro"
    _, said, status = shell(tmp_path, mount, command, environment)
    check(said, status, "cannot be made: Read-only file system", (2,))
    (tmp_path / "ro" / "run").mkdir()
    _, said, status = shell(tmp_path, mount, command, environment)
    check(said, status, "cannot be written: Read-only file system", (2,))


NO_LOCKS = "#include <errno.h>\nint flock(int fd, int operation) { errno = ENOLCK; return -1; }\n"


def test_a_file_system_without_locks(tmp_path: Path, clips: Path) -> None:
    compiler = shutil.which("cc")
    if compiler is None:
        pytest.skip("there is no C compiler to stand in for NFS without its lock daemon")
    library = tmp_path / "nolock.so"
    subprocess.run([compiler, "-shared", "-fPIC", "-o", library, "-x", "c", "-"], input=NO_LOCKS.encode(), check=True)
    command, environment = typed(clips, tmp_path / "run")
    done = subprocess.run(
        shlex.split(command),
        env=environment | {"LD_PRELOAD": str(library)},
        capture_output=True,
        text=True,
        check=False,
    )
    check(done.stderr, done.returncode, "has no locks: start no second codecbench that writes into it meanwhile", (0,))


@pytest.mark.parametrize("files", [25, 40])
def test_too_few_open_files(tmp_path: Path, clips: Path, files: int) -> None:
    command, environment = typed(clips, tmp_path / "run")
    limited = ["sh", "-c", f"ulimit -n {files}; exec {command}"]
    done = subprocess.run(limited, env=environment, capture_output=True, text=True, timeout=100, check=False)
    check(done.stderr, done.returncode, "Too many open files", (1, 2))


@pytest.mark.parametrize("encoding", ["latin-1", "ascii", "cp1252"])
def test_a_terminal_of_few_characters(tmp_path: Path, clips: Path, encoding: str) -> None:
    command, environment = typed(clips, tmp_path / "run")
    done = subprocess.run(
        shlex.split(command), env=environment | {"PYTHONIOENCODING": encoding, "PYTHONUTF8": "0"}, capture_output=True,
        check=False,
    )  # fmt: skip
    check(done.stderr.decode(encoding), done.returncode, "", (0,))
    assert b"SI-SDR" in done.stdout


def test_a_working_folder_that_is_gone(tmp_path: Path, clips: Path) -> None:
    gone = tmp_path / "gone"
    gone.mkdir()
    command, environment = typed(clips, "run")
    script = f"cd {shlex.quote(str(gone))} && rmdir {shlex.quote(str(gone))} && exec {command}"
    done = subprocess.run(["sh", "-c", script], env=environment, capture_output=True, text=True, check=False)
    check(done.stderr, done.returncode, "No such file or directory", (1, 2))


def test_a_user_without_a_home(tmp_path: Path, clips: Path) -> None:
    """Containers run as a number that no list of users has."""
    if os.getuid() != 0:
        pytest.skip("only root can become somebody whom nobody knows")
    tmp_path.chmod(0o777)
    for verb in (["weights", "list"], ["env"], ["list", "codecs"]):
        command = ["setpriv", "--reuid", "54321", "--clear-groups", sys.executable, "-m", "codecbench", *verb]
        environment = {name: value for name, value in os.environ.items() if name != "HOME"}
        done = subprocess.run(command, env=environment, cwd="/", capture_output=True, text=True, check=False)
        if "No module named codecbench" in done.stderr or "Permission denied" in done.stderr:
            pytest.skip("this environment cannot be read by others")
        assert "Traceback" not in done.stderr
        assert done.returncode == 0, done.stderr


def test_a_file_of_the_users_stands_in_for_no_module(tmp_path: Path, clips: Path) -> None:
    (tmp_path / "signal.py").write_text("def resample(x, rate):\n    return x\n")
    command, environment = typed(clips, "run")
    installed = [str(Path(sys.executable).parent / "codecbench"), *shlex.split(command)[3:]]
    done = subprocess.run(installed, env=environment, cwd=tmp_path, capture_output=True, text=True, check=False)
    check(done.stderr, done.returncode, "", (0,))


def test_a_run_is_printed_from_where_nobody_may_write(tmp_path: Path, clips: Path) -> None:
    assert codecbench("run", *QUICK, "--dataset", clips, "--out", tmp_path / "run").returncode == 0
    command, environment = command_line(None, "table", "run")
    mount = "mount --bind run run && mount -o remount,ro,bind run"
    out, said, status = shell(tmp_path, mount, shlex.join(command), dict(environment))
    check(said, status, "", (0,))
    assert "opus" in out
