"""Options that mean nothing beside the others: they are refused, for what is ignored in silence is taken for done."""

from __future__ import annotations

import click
from click.core import ParameterSource

from codecbench.errors import UsageError


def only_with(what: str, *names: str) -> None:
    """Raises UsageError where the user typed one of these parameters of the current command, which need `what`."""
    context = click.get_current_context()
    typed = [
        parameter.opts[-1]
        for parameter in context.command.params
        if parameter.name in names and context.get_parameter_source(parameter.name) is ParameterSource.COMMANDLINE
    ]
    if typed:
        raise UsageError(f"{', '.join(typed)}: only with {what}")
