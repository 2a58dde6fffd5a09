"""Real runs in real processes: a command line with plugins of its own, and short clips of the probe set."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Any


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


def codecbench(*arguments: object, site: Path | None = None) -> subprocess.CompletedProcess[str]:
    command, environment = command_line(site, *arguments)
    return subprocess.run(command, env=environment, capture_output=True, text=True, timeout=300, check=False)


def read_summary(folder: Path) -> dict[str, Any]:
    summary: dict[str, Any] = json.loads((folder / "summary.json").read_text())
    return summary
