"""What makes an environment: uv where it is, else venv and pip. By what is there, never because the other failed."""

from __future__ import annotations

import ast
import os
import shutil
import subprocess
import sys
from collections.abc import Iterator, Mapping
from contextlib import suppress
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path

from codecbench.api import Environment
from codecbench.environments.folders import python_in

NEWEST, OLDEST = 20, 8
"""Minor versions of Python 3 that are looked for."""


class NoPython(Exception):
    """No Python is here that an environment wants."""


class Installer:
    """`uv`: the program; None for venv and pip. `name` is for records, with its version."""

    def __init__(self, uv: str | None) -> None:
        self._uv = uv
        self.name = f"uv {_version('uv', uv)}" if uv else f"pip of Python {sys.version_info[0]}.{sys.version_info[1]}"
        self.environment: Mapping[str, str] = _as_pip_is_configured() if uv else {}

    @classmethod
    def here(cls) -> Installer:
        return cls(find_uv())

    def commands(self, environment: Environment, folder: Path) -> list[list[str]]:
        """Those that make it in `folder`. Raises NoPython where none is here that it wants."""
        wanted, inside = ["numpy", *environment.requirements], str(python_in(folder))
        found = find_python(environment)
        if self._uv:  # which knows of Pythons of its own
            python = str(found or environment.python)
            return [
                [self._uv, "venv", "--no-project", "--relocatable", "--python", python, str(folder)],
                [self._uv, "pip", "install", "--python", inside, *wanted],
            ]
        if found is None:
            raise NoPython(
                f"it wants Python {environment.python}, and none is here; install one, or name one that has its "
                "packages by `--python`"
            )
        return [
            [str(found), "-m", "venv", str(folder)],
            [inside, "-m", "pip", "install", "--disable-pip-version-check", *wanted],
        ]


def find_uv() -> str | None:
    """The uv that is installed beside codecbench, or on the path."""
    try:
        import uv

        return str(uv.find_uv_bin())
    except (ImportError, FileNotFoundError):
        return shutil.which("uv")


def _version(distribution: str, program: str | None) -> str:
    try:
        return version(distribution)
    except PackageNotFoundError:
        done = subprocess.run([program or distribution, "--version"], capture_output=True, text=True, check=False)
        return (done.stdout.split() or ["?", "of unknown version"])[1]


def find_python(environment: Environment) -> Path | None:
    """One that the environment wants: codecbench's own where it will do, else the newest that is found here."""
    from packaging.specifiers import SpecifierSet

    wanted = SpecifierSet(environment.python)
    if wanted.contains(".".join(map(str, sys.version_info[:3])), prereleases=True):
        return Path(sys.executable)
    for python in _candidates():
        with suppress(OSError, subprocess.SubprocessError):  # what pyenv puts on the path may not start
            ask = [str(python), "-c", "import platform; print(platform.python_version())"]
            said = subprocess.run(ask, capture_output=True, text=True, timeout=60, check=True).stdout.strip()
            if wanted.contains(said, prereleases=True):
                return python
    return None


def _candidates() -> Iterator[Path]:
    """From the path, and where pyenv keeps them; newer ones first."""
    versions = Path(os.environ.get("PYENV_ROOT") or Path.home() / ".pyenv", "versions")
    for minor in range(NEWEST, OLDEST - 1, -1):
        found = shutil.which(f"python3.{minor}")
        yield from [Path(found)] if found else []
        yield from sorted(versions.glob(f"3.{minor}.*/bin/python"), reverse=True)


def _as_pip_is_configured() -> dict[str, str]:
    """uv does not read pip's configuration: where it names an index or folders of files, uv is told of them.

    Only of what the user has not told uv himself. Where pip takes the best of several indexes, uv is to do so too.
    """
    done = subprocess.run([sys.executable, "-m", "pip", "config", "list"], capture_output=True, text=True, check=False)
    found: dict[str, list[str]] = {}
    for line in done.stdout.splitlines() if done.returncode == 0 else ():
        name, _, value = line.partition("=")
        with suppress(ValueError, SyntaxError):
            found.setdefault(name.rpartition(".")[2], []).extend(str(ast.literal_eval(value)).split())
    extra = list(dict.fromkeys(found.get("extra-index-url", ())))
    told = {
        "UV_FIND_LINKS": ",".join(dict.fromkeys(found.get("find-links", ()))),
        "UV_DEFAULT_INDEX": (found.get("index-url") or [""])[-1],
        "UV_INDEX": " ".join(extra),
        "UV_INDEX_STRATEGY": "unsafe-best-match" if extra else "",
        "UV_CONSTRAINT": " ".join(dict.fromkeys(found.get("constraint", ()))),
        "SSL_CERT_FILE": (found.get("cert") or [""])[-1],
        "UV_PYTHON_DOWNLOADS": "never",  # nothing but what the requirements name is fetched
    }
    return {name: value for name, value in told.items() if value and name not in os.environ}
