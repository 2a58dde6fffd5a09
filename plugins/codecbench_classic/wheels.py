"""Shared libraries that wheels carry: PyAV's libopus, pycodec2's libcodec2; and the system's where they carry none."""

from __future__ import annotations

import importlib.util
from pathlib import Path

SYSTEM = (Path("/usr/local/lib"), Path("/usr/lib"), Path("/opt/homebrew/lib"))


def find_library(package: str, name: str) -> Path | None:
    """The library `name` ("opus") beside an installed package, or the system's; None where there is neither."""
    spec = importlib.util.find_spec(package)
    if spec is not None and spec.origin is not None:
        home = Path(spec.origin).parent
        for folder in (home.parent / f"{package}.libs", home / ".dylibs", home):
            if libraries := [*sorted(folder.glob(f"lib{name}[-.]*so*")), *sorted(folder.glob(f"lib{name}.*dylib"))]:
                return libraries[0]
    for folder in (*SYSTEM, *sorted(Path("/usr/lib").glob("*-linux-gnu"))):
        if libraries := [*sorted(folder.glob(f"lib{name}.so.*")), *sorted(folder.glob(f"lib{name}.*dylib"))]:
            return libraries[0]
    return None
