"""Making a codec's environment: once, by uv or else by venv and pip, in a folder that is renamed when it is whole."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import time
from collections.abc import Callable, Mapping, Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import TypeAlias

from filelock import FileLock, Timeout

from codecbench.api import Environment
from codecbench.environments.folders import PARTIAL, EnvironmentRecord, environment_folder, python_in
from codecbench.environments.installing import Installer, NoPython
from codecbench.environments.probing import UnusableInterpreter, probe
from codecbench.errors import Unavailable

Say: TypeAlias = Callable[[str], None]
"""Told what is being done, a line at a time."""

SAY_EVERY_S = 1.0
TROUBLE = re.compile(r"×|error\b", re.IGNORECASE)
"""How a line of an installer's log begins that says why it ended."""
TOLD_ENDS = 150
"""Characters of the first and of the last cause, where there are many."""


def make(spec: str, environment: Environment, say: Say) -> EnvironmentRecord:
    """The environment of codec `spec`, made where it has not been. Another process that makes it is waited for.

    Raises:
        Unavailable: it cannot be made here; one line, with the log's path where there is one.
    """
    folder = environment_folder(environment)
    try:
        folder.parent.mkdir(parents=True, exist_ok=True)
        with _locked(folder.with_name(f".{folder.name}.lock"), spec, say):
            record = EnvironmentRecord.read(folder)
            if record is None or not python_in(folder).exists():
                record = _make(spec, environment, folder, say)
            return record
    except OSError as error:
        place = f" '{error.filename}'" if error.filename else ""
        raise Unavailable(
            f"{spec}: its environment cannot be made: the system refuses:{place} {error.strerror or error}"
        ) from error


def _locked(path: Path, spec: str, say: Say) -> FileLock:
    lock = FileLock(path)
    try:
        lock.acquire(timeout=0)
    except Timeout:
        say(f"{spec}: another process is making its environment; waiting for it")
        return lock
    lock.release()
    return lock


def _make(spec: str, environment: Environment, folder: Path, say: Say) -> EnvironmentRecord:
    """Under the lock, so that whatever else is there of this environment is what a killed maker left."""
    _sweep(folder)
    shutil.rmtree(folder, ignore_errors=True)
    partial = folder.with_name(f".{folder.name}.{os.getpid()}{PARTIAL}")
    log = folder.with_name(f"{folder.name}.log")
    log.unlink(missing_ok=True)
    installer = Installer.here()
    what = ", ".join(environment.requirements) or "numpy alone"
    say(f"{spec}: making its environment with {installer.name} ({what}); log: {log}")
    started = time.monotonic()
    try:
        for command in installer.commands(environment, partial):
            _run(command, installer.environment, log, spec, say)
        facts = probe(python_in(partial), isolated=True)
        record = EnvironmentRecord(
            environment.requirements, environment.python, installer.name,
            datetime.now(UTC).isoformat(timespec="seconds"), facts.python, facts.packages,
        )  # fmt: skip
        record.write(partial)
        partial.rename(folder)
    except NoPython as error:
        raise Unavailable(f"{spec}: its environment cannot be made: {error}") from error
    except UnusableInterpreter as error:
        raise Unavailable(f"{spec}: its environment was made, but {error}; log: {log}") from error
    finally:
        _sweep(folder)  # again: an installer outlives its killed maker by some seconds, and went on writing
    say(
        f"{spec}: its environment is made: Python {record.python}, {len(record.packages)} packages, "
        f"{time.monotonic() - started:.0f} s"
    )
    return record


def _sweep(folder: Path) -> None:
    """Whatever of this environment is not whole."""
    for left in folder.parent.glob(f".{folder.name}.*{PARTIAL}"):
        shutil.rmtree(left, ignore_errors=True)


def _run(command: Sequence[str], more: Mapping[str, str], log: Path, spec: str, say: Say) -> None:
    """In a folder that is nobody's project. Raises Unavailable, with what the log says, where `command` fails."""
    with log.open("a", encoding="utf-8") as kept:
        kept.write(f"$ {' '.join(command)}\n")
        process = subprocess.Popen(
            command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, stdin=subprocess.DEVNULL, text=True,
            errors="replace", env=os.environ | more, cwd=log.parent,
        )  # fmt: skip
        lines: list[str] = []
        said = time.monotonic()
        try:
            assert process.stdout is not None
            for line in process.stdout:
                kept.write(line)
                text = " ".join(line.split())
                lines += [text] if text else []
                if text and time.monotonic() - said >= SAY_EVERY_S:
                    said = time.monotonic()
                    say(f"{spec}: {text[:120]}")
            status = process.wait()
        finally:
            process.kill()
            process.wait()
    if status:
        raise Unavailable(f"{spec}: its environment cannot be made: {_why(lines, status)}; log: {log}")


def _why(lines: Sequence[str], status: int) -> str:
    """What the installer said of what went wrong: from the first line that begins with an error on."""
    first = next((at for at, line in enumerate(lines) if TROUBLE.match(line)), max(0, len(lines) - 1))
    told = " ".join(line.lstrip("×╰─▶│├ ") for line in lines[first:]) or f"exit status {status}"
    return told if len(told) <= 2 * TOLD_ENDS else f"{told[:TOLD_ENDS]} … {told[-TOLD_ENDS:]}"


def remove(folder: Path) -> None:
    """One that has been made, or what is left of one; its log too. One that is being made is left alone."""
    key = folder.name.removeprefix(".").partition(".")[0]
    with FileLock(folder.with_name(f".{key}.lock"), timeout=0):
        shutil.rmtree(folder)
        folder.with_name(f"{key}.log").unlink(missing_ok=True)
