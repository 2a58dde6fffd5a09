from __future__ import annotations

import ctypes
from pathlib import Path

import pytest
from codecbench_classic import wheels
from codecbench_classic.wheels import find_library


@pytest.mark.parametrize(("package", "name"), [("av", "opus"), ("pycodec2", "codec2")])
def test_a_wheels_library_is_found_and_loads(package: str, name: str) -> None:
    pytest.importorskip(package)
    path = find_library(package, name)
    assert path is not None
    assert path.name.startswith(f"lib{name}")
    ctypes.CDLL(str(path))


def test_the_systems_is_taken_where_the_wheel_has_none(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(wheels, "SYSTEM", (tmp_path,))
    assert find_library("numpy", "strange") is None
    (tmp_path / "libstrange.so.3").touch()
    assert find_library("numpy", "strange") == tmp_path / "libstrange.so.3"
    assert find_library("no_such_package", "strange") == tmp_path / "libstrange.so.3"
