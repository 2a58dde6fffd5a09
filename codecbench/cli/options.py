"""Options that mean nothing beside the others: they are refused, for what is ignored in silence is taken for done."""

from __future__ import annotations

import click
from click.core import ParameterSource

from codecbench.errors import UsageError


def only_with(what: str, *names: str) -> None:
    """Raises UsageError where the user typed one of these parameters of the current command, which need `what`."""
    context = click.get_current_context()
    found = [
        parameter.opts[-1] for parameter in context.command.params if parameter.name in names and typed(parameter.name)
    ]
    if found:
        raise UsageError(f"{', '.join(found)}: only with {what}")


def typed(name: str) -> bool:
    """Whether the user typed this parameter of the current command, whatever its default is."""
    return click.get_current_context().get_parameter_source(name) is ParameterSource.COMMANDLINE
