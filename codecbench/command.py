"""A command beside `codecbench`: the recipes, which `python -m recipes` runs."""

from __future__ import annotations

from typing import Any

import click

from codecbench.errors import CodecBenchError


class Mistake(click.ClickException):
    exit_code = 2


class Command(click.Command):
    """A user's mistake, or what is not installed, is one line and exit status 2, as of `codecbench` itself.

    Before `click.Group` among the bases it serves all commands of a group.
    """

    def invoke(self, ctx: click.Context) -> Any:
        try:
            return super().invoke(ctx)
        except CodecBenchError as error:
            raise Mistake(str(error)) from error
