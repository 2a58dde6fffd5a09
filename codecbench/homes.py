"""Where this user's files belong on this system. Containers run as a number that has no home: then nowhere."""

from __future__ import annotations

from pathlib import Path

import platformdirs


def user_cache() -> Path | None:
    """What can be fetched or made again, e.g. `~/.cache/codecbench`."""
    try:
        return platformdirs.user_cache_path("codecbench")
    except RuntimeError:  # neither HOME nor the system's list of users says
        return None


def user_data() -> Path | None:
    """What the user has made, e.g. `~/.local/share/codecbench`."""
    try:
        return platformdirs.user_data_path("codecbench")
    except RuntimeError:
        return None
