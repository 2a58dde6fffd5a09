from __future__ import annotations

import click
import pytest
from click.testing import CliRunner

from codecbench.cli.options import only_with
from codecbench.errors import UsageError


@click.command()
@click.option("--speed")
@click.option("--rounds", type=int, default=3)
@click.option("--factor", type=float)
def verb(speed: str | None, rounds: int, factor: float | None) -> None:
    if speed is None:
        only_with("--speed", "rounds", "factor")


@pytest.mark.parametrize(("arguments", "refused"), [
    ([], None), (["--speed", "opus", "--rounds", "5"], None), (["--rounds", "3"], "--rounds: only with --speed"),
    (["--factor", "2", "--rounds", "5"], "--rounds, --factor: only with --speed"),
])  # fmt: skip
def test_only_what_was_typed_is_refused_even_where_it_is_the_default(arguments: list[str], refused: str | None) -> None:
    error = CliRunner().invoke(verb, arguments).exception
    if refused is None:
        assert error is None
        return
    assert isinstance(error, UsageError)
    assert str(error) == refused
