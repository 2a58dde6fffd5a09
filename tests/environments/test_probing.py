"""What an interpreter is: asked of real ones, and of what is none."""

from __future__ import annotations

import sys
import venv
from pathlib import Path

import numpy as np
import pytest
from made_sides import python_before_3_8

from codecbench.environments.probing import InterpreterFacts, UnusableInterpreter, parse_python, probe
from codecbench.errors import UsageError


def test_this_one() -> None:
    found = probe(Path(sys.executable), isolated=True)
    assert found.python == ".".join(map(str, sys.version_info[:3]))
    assert found.packages["numpy"] == np.__version__


def test_one_that_is_too_old() -> None:
    with pytest.raises(UnusableInterpreter, match=r"it is Python 3\.[67]\.\d+; 3\.8 or later is needed"):
        probe(python_before_3_8(), isolated=False)


def test_one_without_numpy(tmp_path: Path) -> None:
    venv.create(tmp_path / "bare", symlinks=True)
    with pytest.raises(
        UnusableInterpreter, match=r"numpy cannot be imported there \(ModuleNotFoundError: .*; install it there"
    ):
        probe(tmp_path / "bare" / "bin" / "python", isolated=False)


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("#!/bin/sh\necho hello\n", r"it is no Python interpreter \(exit status 0\)"),
        ("#!/bin/sh\necho no such licence >&2; exit 3\n", r"it is no Python interpreter \(no such licence\)"),
        ("no program at all", r"it cannot be started \(Exec format error\)"),
        (None, r"it cannot be started \(No such file or directory\)"),
    ],
)
def test_what_is_no_python(tmp_path: Path, text: str | None, said: str) -> None:
    file = tmp_path / "python"
    if text is not None:
        file.write_text(text)
        file.chmod(0o755)
    with pytest.raises(UnusableInterpreter, match=said):
        probe(file, isolated=False)


def test_the_digest_is_of_version_and_packages() -> None:
    facts = InterpreterFacts("3.11.7", {"numpy": "2.4.6", "torch": "2.13.0"})
    assert facts.sha256 == InterpreterFacts("3.11.7", {"torch": "2.13.0", "numpy": "2.4.6"}).sha256
    assert facts.sha256 != InterpreterFacts("3.11.7", {"torch": "2.12.0", "numpy": "2.4.6"}).sha256
    assert facts.sha256 != InterpreterFacts("3.12.1", facts.packages).sha256


@pytest.mark.parametrize("typed", ["dac:official", "=python", "dac=", "dac:official=/nowhere/python"])
def test_what_is_typed_wrongly(typed: str) -> None:
    with pytest.raises(UsageError, match=f"--python '?{typed}'?: (expected NAME=PATH|there is no such file)"):
        parse_python(typed)


def test_a_link_stays_a_link(tmp_path: Path) -> None:
    """A virtual environment's interpreter is a link to one that knows nothing of it."""
    (tmp_path / "python").symlink_to(sys.executable)
    assert parse_python(f"a:b={tmp_path / 'python'}") == ("a:b", tmp_path / "python")
