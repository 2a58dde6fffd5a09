"""What a command can write of the documents is what it would write now."""

from __future__ import annotations

from pathlib import Path

import pytest

from codecbench.errors import UsageError
from recipes.documents.writing import COMMAND, documents, outdated, write


def test_the_documents_are_up_to_date() -> None:
    late = [path.name for path in outdated(documents())]
    assert not late, f"{', '.join(late)} would change; run this command: {COMMAND}"


def test_a_changed_figure_is_found_and_written_again(tmp_path: Path) -> None:
    path = tmp_path / "a.md"
    path.write_text("before\n<!-- [[[cog\nimport cog\ncog.outl(str(6 * 7))\n]]] -->\n41\n<!-- [[[end]]] -->\nafter\n")
    assert outdated([path]) == [path]
    write([path])
    assert path.read_text().splitlines()[-4:] == ["]]] -->", "42", "<!-- [[[end]]] -->", "after"]
    assert outdated([path]) == []


def test_code_that_fails_is_one_line(tmp_path: Path) -> None:
    path = tmp_path / "a.md"
    path.write_text("<!-- [[[cog\n1 / 0\n]]] -->\n<!-- [[[end]]] -->\n")
    with pytest.raises(UsageError, match=r"a\.md: the code between its markers failed"):
        write([path])
