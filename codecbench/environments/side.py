"""Where the file of a codec's side is: beside its plugin, found without importing anything of it."""

from __future__ import annotations

import hashlib
from importlib.util import find_spec
from pathlib import Path

from codecbench.api import Environment
from codecbench.errors import Unavailable
from codecbench.weights import sha256_of


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


def checkout_sha256(spec: str, environment: Environment, source: str) -> str:
    """Of the Python files in the checkout that the user named; empty of a codec that needs none.

    Raises:
        Unavailable: it needs one, and `source` is no folder that has any; the message says what to do.
    """
    if not environment.checkout:
        return ""
    files = sorted(Path(source).expanduser().rglob("*.py")) if source else []
    if not files:
        missing = f"there is no Python file in {source}" if source else "its code is no package"
        raise Unavailable(
            f"{spec}: {missing}; `git clone {environment.checkout}`, then run with "
            f"--set {spec.partition(':')[0]}.source=FOLDER"
        )
    digest = hashlib.sha256()
    for file in files:
        digest.update(f"{file.relative_to(Path(source).expanduser())}\0".encode())
        digest.update(file.read_bytes())
    return digest.hexdigest()


def side_sha256(environment: Environment, module: str) -> str:
    """Of the file's bytes. Raises as `side_file`."""
    return sha256_of(side_file(environment, module))
