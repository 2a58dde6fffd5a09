"""A project for a new codec, ready to run: a plugin that works, its tests, a workflow."""

from __future__ import annotations

import keyword
import re
from importlib.resources import files
from pathlib import Path

from jinja2 import Environment, StrictUndefined

from codecbench.errors import UsageError

FILES = {
    "pyproject.toml": "pyproject.toml.j2",
    "{module}.py": "module.py.j2",
    "tests/test_{module}.py": "test.py.j2",
    ".github/workflows/ci.yml": "ci.yml.j2",
    "README.md": "README.md.j2",
}
"""By their paths in the project, the templates."""


def write_project(name: str, folder: Path) -> list[Path]:
    """Write the project of a codec `name` into `folder`; returns the files.

    Raises:
        UsageError: the name is no codec's or no module's, something is in the folder, or it cannot be written.
    """
    module = re.sub(r"[-.]", "_", name.lower())
    if not re.fullmatch(r"[A-Za-z][A-Za-z0-9_.-]*", name) or keyword.iskeyword(module):
        raise UsageError(f"'{name}' cannot name a codec and a Python module: letters, digits, _ and - after a letter")
    if folder.exists() and (not folder.is_dir() or any(folder.iterdir())):
        raise UsageError(f"'{folder}' is there and not empty; give another folder: --out FOLDER")
    values = {
        "name": name, "module": f"{module}_codec", "distribution": f"{module.replace('_', '-')}-codec",
        "title": "".join(part.capitalize() for part in re.split(r"[-_.]", name)) or "Codec",
    }  # fmt: skip
    jinja = Environment(undefined=StrictUndefined, keep_trailing_newline=True)  # nosec B701 - no HTML
    written = []
    try:
        for place, template in FILES.items():
            path = folder / place.format(module=values["module"])
            path.parent.mkdir(parents=True, exist_ok=True)
            source = (files("codecbench") / "templates" / "plugin" / template).read_text(encoding="utf-8")
            path.write_text(jinja.from_string(source).render(values), encoding="utf-8")
            written.append(path)
    except OSError as error:
        raise UsageError(f"'{error.filename}' cannot be written: {error.strerror}") from error
    return written
