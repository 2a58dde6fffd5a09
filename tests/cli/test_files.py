from __future__ import annotations

from pathlib import Path

import pytest

from codecbench.cli.files import check_out, save
from codecbench.errors import UsageError


def test_what_cannot_be_a_file_is_refused_before_the_work(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match=r"is a folder; give a file in it, for example .*x\.pdf"):
        check_out(tmp_path, "x.pdf")
    with pytest.raises(UsageError, match=r"there is no folder '.*deep'; make it first"):
        check_out(tmp_path / "deep" / "x.pdf", "x.pdf")
    check_out(tmp_path / "x.pdf", "x.pdf")
    assert list(tmp_path.iterdir()) == []


def test_a_file_is_replaced_or_added_to(tmp_path: Path) -> None:
    path = tmp_path / "summary.md"
    for text, append in (("é\n", False), ("two\n", True)):
        save(path, text, append=append)
    assert path.read_text(encoding="utf-8") == "é\ntwo\n"
    save(path, "new")
    assert path.read_text() == "new"


def test_what_could_not_be_written_is_one_line(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="cannot be written: Is a directory"):
        save(tmp_path, "text")
