"""`codecbench dev card`: measure what codecs' cards state."""

from __future__ import annotations

import json

import click


@click.command()
@click.argument("specs", nargs=-1, required=True, metavar="CODEC[:CHECKPOINT]...")
@click.option("--signals", type=click.IntRange(1), default=3, show_default=True, help="Pairs of signals for latency.")
@click.option(
    "--positions",
    type=click.IntRange(1),
    metavar="N",
    help="Measure latency at a frame's ends and N places between; default: at all of its samples.",
)
@click.option("--shapes-only", is_flag=True, help="Count on shapes, without arithmetic or latency: for slow models.")
@click.option(
    "--no-latency", is_flag=True, help="State the latency that frame and look-ahead reach, unmeasured: for slow models."
)
def card(specs: tuple[str, ...], signals: int, positions: int | None, shapes_only: bool, no_latency: bool) -> None:
    """Measure parameters, MACs and latency of codecs, and write them into `card.json` of their packages."""
    from codecbench.cost.card import build, drop_values, measure_card, stated_latency, write_figures
    from codecbench.cost.latency import boundary_positions
    from codecbench.errors import Abstain

    for spec in specs:
        built = build(spec)
        if shapes_only:
            drop_values(built.codec)
        places = boundary_positions(built.card.frame, positions) if positions else None
        try:
            figures = measure_card(built, places, signals, not (shapes_only or no_latency))
        except Abstain as error:
            raise Abstain(f"{spec}: {error}") from error
        if no_latency:
            figures |= stated_latency(built.card)
        write_figures(built.package, built.card.spec, figures)
        click.echo(f"{built.card.spec}: {json.dumps(figures)}")
