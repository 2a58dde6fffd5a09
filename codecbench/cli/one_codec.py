"""One codec as a user names it: its weights, its Python, its settings, where it runs."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import click

from codecbench.api import CodecCard, CodecOptions
from codecbench.environments.probing import absolute_python
from codecbench.plugins import Registered, registry
from codecbench.run.asked import device_name
from codecbench.run.device import require_device
from codecbench.run.environments import Environments, refuse_pythons
from codecbench.run.settings import Setting, changed_settings, refuse_strangers
from codecbench.weights import given_path, resolve


def given_codec(
    codec: str, weights: Path | None, python: str | None, device: str, settings: tuple[str, ...]
) -> tuple[Registered[CodecCard], CodecOptions]:
    """The codec, and what its factory is given; an environment of its own is made if need be.

    Raises:
        UsageError: something is named that is not there.
        Unavailable: it cannot run here.
    """
    entry = registry().codec(codec)
    if device_name(device).startswith("cuda"):
        require_device(device)
    changed = tuple(map(Setting.parse, settings))
    refuse_strangers(changed, [entry.card])
    file = resolve(entry.card, weights and given_path(weights))
    given = {entry.card.spec: absolute_python(entry.card.spec, python)} if python is not None else {}
    refuse_pythons(given, {entry.card.spec: entry.card})
    options = CodecOptions.of(entry.card, file, device_name(device), changed=changed_settings(entry.card, changed))
    environment = Environments(given, lambda text: click.echo(text, err=True)).of(entry, options)
    return entry, options if environment is None else replace(options, interpreter=environment.interpreter)
