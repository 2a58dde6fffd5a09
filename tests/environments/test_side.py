"""Where a side's file is looked for."""

from __future__ import annotations

import hashlib
import sys
from pathlib import Path

import pytest

from codecbench.api import Environment
from codecbench.environments.side import side_file, side_sha256


@pytest.fixture
def site(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    package = tmp_path / "side_test_package"
    (package / "inner").mkdir(parents=True)
    for folder in (package, package / "inner"):
        (folder / "__init__.py").write_text("raise ImportError('this must not be imported')")
        (folder / "side.py").write_text(f"# {folder.name}")
    (tmp_path / "side_test_module.py").write_text("")
    (tmp_path / "side.py").write_text("# beside")
    monkeypatch.setattr(sys, "path", [*sys.path, str(tmp_path)])
    return tmp_path


def test_it_is_beside_the_plugin_or_in_a_package(site: Path) -> None:
    package = site / "side_test_package"
    plain = Environment(())
    assert side_file(plain, "side_test_package") == package / "side.py"
    assert side_file(plain, "side_test_package.inner") == package / "inner" / "side.py"
    assert side_file(plain, "side_test_package.plugin") == package / "side.py"
    assert side_file(plain, "side_test_module") == site / "side.py"
    named = Environment((), side="inner/side.py", package="side_test_package")
    assert side_file(named, "side_test_module") == package / "inner" / "side.py"
    assert side_sha256(plain, "side_test_module") == hashlib.sha256(b"# beside").hexdigest()


def test_one_that_is_missing_is_named(site: Path) -> None:
    with pytest.raises(FileNotFoundError, match=r"the file of its side is not there: .*side_test_package/other\.py"):
        side_file(Environment((), side="other.py"), "side_test_package")
    with pytest.raises(ModuleNotFoundError, match="No module named 'no_such_package'"):
        side_file(Environment((), package="no_such_package"), "side_test_module")
