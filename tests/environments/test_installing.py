"""What uv is told of how pip is configured, and which Python is taken."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

from codecbench.api import Environment
from codecbench.environments.installing import Installer, find_python

CONFIGURED = """
[global]
find-links = /some/wheels /more/wheels
index-url = https://mirror.example/simple
"""


@pytest.fixture
def configured(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("PIP_FIND_LINKS", "UV_FIND_LINKS", "UV_DEFAULT_INDEX"):
        monkeypatch.delenv(name, raising=False)
    (tmp_path / "pip.conf").write_text(CONFIGURED)
    monkeypatch.setenv("PIP_CONFIG_FILE", str(tmp_path / "pip.conf"))


@pytest.mark.usefixtures("configured")
def test_uv_takes_files_and_index_from_where_pip_does(monkeypatch: pytest.MonkeyPatch) -> None:
    told = Installer("/somewhere/uv").environment
    assert {"/some/wheels", "/more/wheels"} <= set(told["UV_FIND_LINKS"].split(","))
    assert told["UV_DEFAULT_INDEX"] == "https://mirror.example/simple"
    monkeypatch.setenv("UV_DEFAULT_INDEX", "https://mine.example/simple")  # the user has told uv
    assert "UV_DEFAULT_INDEX" not in Installer("/somewhere/uv").environment


def test_pip_needs_not_be_told() -> None:
    assert Installer(None).environment == {}


def test_its_own_python_where_it_will_do() -> None:
    assert find_python(Environment(())) == Path(sys.executable)
    assert find_python(Environment((), python=">=3.8")) == Path(sys.executable)
    assert find_python(Environment((), python="<3")) is None


def test_what_is_asked_of_uv_and_of_pip(tmp_path: Path) -> None:
    wanted = Environment(("torch>=2.2,<2.14",))
    (makes, installs) = Installer("/somewhere/uv").commands(wanted, tmp_path / "made")
    assert makes[:2] == ["/somewhere/uv", "venv"]
    assert installs[1:3] == ["pip", "install"]
    assert installs[-2:] == ["numpy", "torch>=2.2,<2.14"]
    (makes, installs) = Installer(None).commands(wanted, tmp_path / "made")
    assert makes == [sys.executable, "-m", "venv", str(tmp_path / "made")]
    assert installs[-2:] == ["numpy", "torch>=2.2,<2.14"]
