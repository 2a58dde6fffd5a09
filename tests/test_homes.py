from __future__ import annotations

from pathlib import Path

import pytest

from codecbench import homes
from codecbench.api import Unavailable
from codecbench.calibrations import user_folder
from codecbench.plugins import registry
from codecbench.weights import cache_root
from codecbench.weights_status import status


def test_a_user_with_a_home_has_both(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "c"))
    monkeypatch.setenv("XDG_DATA_HOME", str(tmp_path / "d"))
    assert (homes.user_cache(), homes.user_data()) == (tmp_path / "c" / "codecbench", tmp_path / "d" / "codecbench")


def test_one_without_is_told_what_to_set(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    def nowhere(*_: object, **__: object) -> Path:
        raise RuntimeError("could not determine the home directory")

    monkeypatch.delenv("CODECBENCH_CACHE", raising=False)
    monkeypatch.setattr(homes.platformdirs, "user_cache_path", nowhere)
    monkeypatch.setattr(homes.platformdirs, "user_data_path", nowhere)
    assert user_folder() is None
    with pytest.raises(Unavailable, match=r"this user has no home, .* set CODECBENCH_CACHE=FOLDER"):
        cache_root()
    here = status(registry().codec("dac:descript-16khz").card)
    assert (here.state, "has no home" in here.problem) == ("missing", True)
    monkeypatch.setenv("CODECBENCH_CACHE", str(tmp_path))
    assert cache_root() == tmp_path
