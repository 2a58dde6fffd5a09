"""`codecbench env`: what a bug report needs."""

from __future__ import annotations

import json

import click

import codecbench
from codecbench.machine import describe_libraries, describe_machine
from codecbench.plugins import registry


@click.command()
@click.option("--json", "as_json", is_flag=True, help="Machine-readable.")
def env(as_json: bool) -> None:
    """Print versions, machine and plugins."""
    plugins = registry()
    facts = {
        "codecbench": codecbench.__version__,
        "machine": describe_machine(),
        "libraries": describe_libraries(),
        "codecs": list(plugins.codecs),
        "metrics": list(plugins.metrics),
        "recognizers": list(plugins.recognizers),
        "broken plugins": {plugin.name: plugin.error for plugin in plugins.broken},
    }
    if as_json:
        click.echo(json.dumps(facts, indent=2))
        return
    for name, value in facts.items():
        if isinstance(value, dict):
            click.echo(f"{name}:" if value else f"{name}: none")
            for key, item in value.items():
                click.echo(f"  {key}: {item}")
        else:
            click.echo(f"{name}: {', '.join(value) if isinstance(value, list) else value}")
