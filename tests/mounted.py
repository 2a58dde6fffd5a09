"""File systems as users have them: read-only, full, without locks. Each in a mount namespace of its own."""

from __future__ import annotations

import shlex
import subprocess
import sys
from collections.abc import Mapping
from functools import cache
from pathlib import Path

import pytest

REFUSED = "mounts need rights that this process does not have"


@cache
def may_mount() -> bool:
    """Containers often may not."""
    command = ["unshare", "-m", "sh", "-c", "mount -t tmpfs -o size=4k tmpfs /mnt"]
    try:
        return subprocess.run(command, capture_output=True, check=False).returncode == 0
    except OSError:
        return False


def shell(folder: Path, mount: str, command: str, environment: Mapping[str, str] | None = None) -> tuple[str, str, int]:
    """stdout, stderr and status of `command` in `folder`, after `mount`. Skips the test where nobody may mount."""
    if not may_mount():
        pytest.skip(REFUSED)
    done = subprocess.run(
        ["unshare", "-m", "sh", "-c", f"{mount} && exec {command}"], cwd=folder, capture_output=True, text=True,
        timeout=200, check=False, env=environment,
    )  # fmt: skip
    return done.stdout, done.stderr, done.returncode


def mounted(folder: Path, name: str, options: str, code: str) -> tuple[str, str]:
    """stdout and stderr of Python `code` in `folder`, where the folder `name` in it is mounted with `options`."""
    place = shlex.quote(str(folder / name))
    mount = f"mount --bind {place} {place} && mount -o remount,{options},bind {place}"
    out, error, _ = shell(folder, mount, shlex.join([sys.executable, "-c", code]))
    return out, error
