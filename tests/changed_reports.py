"""The committed reports with one of them changed: another measurement, as the documents' functions would read it."""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from recipes.documents.reports import Reports

ROOT = Path(__file__).parents[1]


def changed_reports(folder: Path, name: str, change: Callable[[Any], None]) -> Reports:
    """`change` gets the data of `name`.json and changes it in place."""
    from recipes.documents.reports import (
        Reports,
    )  # found once the conftest of the recipes' tests has put it on the path

    for path in (ROOT / "reports").glob("*.json"):
        shutil.copy(path, folder)
    data = json.loads((folder / f"{name}.json").read_text(encoding="utf-8"))
    change(data)
    (folder / f"{name}.json").write_text(json.dumps(data), encoding="utf-8")
    return Reports(folder)
