"""`run --condition a,b`: one run after the other, each in a folder of its own."""

from __future__ import annotations

import shlex
from collections.abc import Callable, Sequence
from dataclasses import replace
from pathlib import Path

import click

from codecbench.condition_names import split_condition
from codecbench.conditions import Condition, check_condition
from codecbench.errors import UsageError
from codecbench.run.request import Request


def split_conditions(text: str, noise: Path | None = None) -> tuple[Condition, ...]:
    """Those of `--condition`, separated by commas, each as figures are kept under it.

    Raises UsageError for one that is not known, and one that is there twice.
    """
    conditions = tuple(check_condition(part.strip(), noise) for part in text.split(","))
    double = next((one for one in conditions if conditions.count(one) > 1), None)
    if double is not None:
        raise UsageError(f"--condition '{text}': {double} is there twice")
    return conditions


def folder_of(condition: Condition) -> str:
    """Its run's, within `--out`.

    >>> folder_of("loss:10"), folder_of("noise:-5@input"), folder_of("wb")
    ('loss-10', 'noise--5-input', 'wb')
    """
    return condition.replace(":", "-").replace("@", "-")


def run_each(request: Request, conditions: Sequence[Condition], run: Callable[[Request], int]) -> int:
    """`run` of each condition in its folder within `request.out`. Returns the highest exit status."""
    worst, folders = 0, []
    for condition in conditions:
        out = request.out / folder_of(condition)
        click.echo(f"\n{condition}: {out}")
        worst = max(worst, run(replace(request, condition=condition, out=out)))
        folders.append(out)
    named = [split_condition(one).name for one in conditions]
    if curve := [out for out, name in zip(folders, named, strict=True) if named.count(name) > 1]:
        click.echo(f"\nover the value: codecbench plot {_listed(curve)} --kind condition")
    return worst


def _listed(folders: Sequence[Path]) -> str:
    return shlex.join(map(str, folders))
