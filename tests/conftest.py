"""What every test may need: the development data beside the repository, and the tools some tests look with."""

from __future__ import annotations

import os
import shutil
from pathlib import Path

import pytest

REPOSITORY = Path(__file__).resolve().parents[1]
SHARED = REPOSITORY.parent / "shared"


def require_tool(*names: str) -> str:
    """The first of `names` on the path. Without it the test skips, or fails where CI promised to install it."""
    for name in names:
        if found := shutil.which(name):
            return found
    message = f"none of {', '.join(names)} is installed"
    if os.environ.get("CODECBENCH_REQUIRE_TOOLS") == "1":
        pytest.fail(message)
    pytest.skip(message)


@pytest.fixture(scope="session")
def shared() -> Path:
    """The development data beside the repository (real speech, third-party weights)."""
    if not (SHARED / "data" / "eval" / "manifest.tsv").is_file():
        pytest.skip("the development data (../shared) is not here")
    return SHARED
