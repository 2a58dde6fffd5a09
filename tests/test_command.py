from __future__ import annotations

import click
import pytest
from click.testing import CliRunner

from codecbench.command import Command
from codecbench.errors import Unavailable, UsageError


@click.command(cls=Command)
@click.argument("kind")
def broken(kind: str) -> None:
    raise {"usage": UsageError, "missing": Unavailable, "bug": KeyError}[kind]("no such codec")


@pytest.mark.parametrize("kind", ["usage", "missing"])
def test_a_mistake_is_one_line_and_status_2(kind: str) -> None:
    result = CliRunner().invoke(broken, [kind])
    assert (result.exit_code, result.output) == (2, "Error: no such codec\n")


def test_a_bug_is_not_hidden() -> None:
    assert isinstance(CliRunner().invoke(broken, ["bug"]).exception, KeyError)
