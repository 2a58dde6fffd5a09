"""Right of the store nobody reads a card or evidence by a key of its JSON: a renamed one would pass unseen."""

from __future__ import annotations

import re

import pytest
from conftest import REPOSITORY

RIGHT_OF_THE_STORE = ("analysis", "printing", "tables", "plots", "report", "gate", "controls", "cli")
BY_STRING = re.compile(r"""(card|detail|evidence|stored)s?(\[|\.get\()["']""")


@pytest.mark.parametrize("folder", RIGHT_OF_THE_STORE)
def test_no_card_and_no_evidence_is_read_by_string(folder: str) -> None:
    paths = sorted((REPOSITORY / "codecbench" / folder).rglob("*.py"))
    assert paths
    lines = [
        f"{path.relative_to(REPOSITORY)}:{number}: {line.strip()}"
        for path in paths
        for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), 1)
        if BY_STRING.search(line)
    ]
    assert not lines
