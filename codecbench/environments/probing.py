"""What an interpreter is and has: asked of itself, in a process that ends."""

from __future__ import annotations

import hashlib
import json
import subprocess
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from codecbench.errors import UsageError

SECONDS = 120.0
"""For an interpreter that starts from a slow disk, and numpy with it."""
LEAST = (3, 8)
MARK = "codecbench-interpreter:"
ASK = f"""
import json, sys
facts = {{"python": list(sys.version_info[:3]), "numpy": None, "error": None, "packages": {{}}}}
if sys.version_info[:2] >= {LEAST!r}:
    try:
        import numpy
        facts["numpy"] = numpy.__version__
    except Exception as error:
        facts["error"] = "%s: %s" % (type(error).__name__, error)
    from importlib.metadata import distributions
    for one in distributions():
        name = one.metadata["Name"]
        if name and name not in facts["packages"]:
            facts["packages"][name] = one.version
print("\\n{MARK}" + json.dumps(facts))
"""
"""Of any Python 2.7 or 3, so that an old one can say what it is."""


class UnusableInterpreter(Exception):
    """Why an interpreter cannot run a codec's side, in a few words."""


@dataclass(frozen=True)
class InterpreterFacts:
    """`python` is its version, `packages` the versions of what is installed there by distribution."""

    python: str
    packages: Mapping[str, str]

    @property
    def sha256(self) -> str:
        """Stands for all of it in keys."""
        text = json.dumps([self.python, sorted(self.packages.items())], separators=(",", ":"))
        return hashlib.sha256(text.encode()).hexdigest()


def probe(path: Path, *, isolated: bool) -> InterpreterFacts:
    """Ask the interpreter at `path`. Raises UnusableInterpreter for what is no Python of 3.8 or later with numpy."""
    command = [str(path), *(["-I"] if isolated else []), "-c", ASK]
    try:
        done = subprocess.run(
            command, capture_output=True, text=True, errors="replace", timeout=SECONDS, check=False,
            stdin=subprocess.DEVNULL,
        )  # fmt: skip
    except subprocess.TimeoutExpired:
        raise UnusableInterpreter(f"it did not say within {SECONDS:.0f} s which Python it is") from None
    except OSError as error:
        raise UnusableInterpreter(f"it cannot be started ({error.strerror or error})") from error
    said = [line for line in done.stdout.splitlines() if line.startswith(MARK)]
    if not said:
        last = (done.stderr.strip().splitlines() or [f"exit status {done.returncode}"])[-1]
        raise UnusableInterpreter(f"it is no Python interpreter ({last[:200]})")
    facts = json.loads(said[-1].removeprefix(MARK))
    python = ".".join(map(str, facts["python"]))
    if tuple(facts["python"][:2]) < LEAST:
        raise UnusableInterpreter(f"it is Python {python}; 3.8 or later is needed")
    if facts["numpy"] is None:
        raise UnusableInterpreter(f"numpy cannot be imported there ({facts['error']}); install it there")
    return InterpreterFacts(python, dict(sorted(facts["packages"].items())))


def parse_python(typed: str) -> tuple[str, Path]:
    """`NAME=PATH` of `--python`, of a codec or metric. A path through a link stays: what it points to knows of no
    environment.

    Raises:
        UsageError: it is not of that form, or no file is there.

    >>> parse_python("dac:official=/usr/bin/env")
    ('dac:official', PosixPath('/usr/bin/env'))
    """
    codec, separator, path = typed.partition("=")
    if not separator or not codec or not path:
        raise UsageError(
            f"--python '{typed}': expected NAME=PATH, for example dac:official=~/conda/envs/dac/bin/python"
        )
    return codec, absolute_python(codec, path)


def absolute_python(codec: str, typed: str) -> Path:
    """A path that was typed for `codec`. Raises UsageError where no file is there."""
    found = Path(typed).expanduser().absolute()
    if not found.is_file():
        raise UsageError(
            f"--python {codec}={typed}: there is no such file; name the interpreter itself, ENVIRONMENT/bin/python"
        )
    return found
