"""Real runs in real processes: a command line with plugins of its own, and short clips of the probe set."""

from __future__ import annotations

import io
import json
import os
import sqlite3
import subprocess
import sys
from collections.abc import Mapping
from contextlib import redirect_stderr, redirect_stdout
from pathlib import Path
from typing import Any

from codecbench.cli import main
from codecbench.store import FILE


def install_plugin(site: Path, name: str, source: str) -> None:
    """A distribution with one module and one entry point, as pip would leave it."""
    site.mkdir(parents=True, exist_ok=True)
    (site / f"{name}.py").write_text(source)
    info = site / f"{name}-0.1.dist-info"
    info.mkdir(exist_ok=True)
    (info / "METADATA").write_text(f"Metadata-Version: 2.1\nName: {name}\nVersion: 0.1\n")
    (info / "entry_points.txt").write_text(f"[codecbench]\n{name} = {name}\n")


def command_line(site: Path | None, *arguments: object) -> tuple[list[str], Mapping[str, str]]:
    environment = dict(os.environ, COLUMNS="160")
    if site is not None:
        environment["PYTHONPATH"] = os.pathsep.join(filter(None, [str(site), os.environ.get("PYTHONPATH")]))
    if arguments[0] in ("run", "score") and "--jobs" not in arguments:
        arguments += ("--jobs", 1)
    return [sys.executable, "-m", "codecbench", *map(str, arguments)], environment


def codecbench(*arguments: object, site: Path | None = None, timeout: float = 300) -> subprocess.CompletedProcess[str]:
    command, environment = command_line(site, *arguments)
    return subprocess.run(command, env=environment, capture_output=True, text=True, timeout=timeout, check=False)


def in_process(*arguments: object) -> subprocess.CompletedProcess[str]:
    """As `codecbench`, in this process: for what the command line says before any other process is started."""
    out, err = io.StringIO(), io.StringIO()
    command, _ = command_line(None, *arguments)
    before = sys.argv
    try:
        sys.argv = ["codecbench", *command[3:]]
        with redirect_stdout(out), redirect_stderr(err):
            main()
        status = 0
    except SystemExit as end:
        status = end.code if isinstance(end.code, int) else int(bool(end.code))
    finally:
        sys.argv = before
    return subprocess.CompletedProcess(command, status, out.getvalue(), err.getvalue())


def read_summary(folder: Path) -> dict[str, Any]:
    summary: dict[str, Any] = json.loads((folder / "summary.json").read_text())
    return summary


def scores_so_far(folder: Path) -> int:
    """Committed in a run's folder, while another process writes it."""
    try:
        with sqlite3.connect(f"file:{folder / FILE}?mode=ro", uri=True) as connection:
            return int(connection.execute("SELECT count(*) FROM scores").fetchone()[0])
    except sqlite3.OperationalError:  # not there yet
        return 0
