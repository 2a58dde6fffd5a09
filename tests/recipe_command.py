"""`python -m recipes`, called within the test's process."""

from __future__ import annotations

from click.testing import CliRunner


def run_recipe(*arguments: object, status: int = 0) -> str:
    """What it prints; that it ends with `status` is asserted."""
    from recipes.__main__ import main  # found once the conftest of the recipes' tests has put it on the path

    result = CliRunner().invoke(main, [str(argument) for argument in arguments], catch_exceptions=False)
    assert result.exit_code == status, result.output
    return result.output
