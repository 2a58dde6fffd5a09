"""Where the file of a codec's side is: beside its plugin, found without importing anything of it."""

from __future__ import annotations

import hashlib
from importlib.util import find_spec
from pathlib import Path

from codecbench.api import Environment


def side_file(environment: Environment, module: str) -> Path:
    """The file of `environment`, whose plugin registers it from `module`.

    Raises:
        FileNotFoundError: it is not there.
        ModuleNotFoundError: its package is not installed.
    """
    package = environment.package or module
    top, *inner = package.split(".")
    spec = find_spec(top)
    if spec is None:
        raise ModuleNotFoundError(f"No module named '{package}'", name=package)
    if spec.submodule_search_locations is None:  # a single file
        folders = [Path(spec.origin or "").parent]
    else:
        # The last name of a plugin's module may be a file in its package.
        roots = [Path(folder, *inner) for folder in spec.submodule_search_locations]
        folders = [root if root.is_dir() else root.parent for root in roots]
    places = [folder / environment.side for folder in folders]
    for place in places:
        if place.is_file():
            return place
    raise FileNotFoundError(f"the file of its side is not there: {places[0]}")


def side_sha256(environment: Environment, module: str) -> str:
    """Of the file's bytes. Raises as `side_file`."""
    return hashlib.sha256(side_file(environment, module).read_bytes()).hexdigest()
