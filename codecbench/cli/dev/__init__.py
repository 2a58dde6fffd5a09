"""`codecbench dev`: for authors of codecs, metrics and recognizers."""

from __future__ import annotations

import click

from codecbench.cli.dev.calibrate import calibrate
from codecbench.cli.dev.campaign import campaign
from codecbench.cli.dev.card import card
from codecbench.cli.dev.controls import controls
from codecbench.cli.dev.entropy_model import entropy_model
from codecbench.cli.dev.frozen import frozen


@click.group()
def dev() -> None:
    """Tools for authors: card figures, entropy models, calibrations, control experiments, campaigns, frozen scores."""


for verb in (card, entropy_model, calibrate, controls, campaign, frozen):
    dev.add_command(verb)
