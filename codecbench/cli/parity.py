"""`codecbench parity`: whether a codec gives the same whichever way it is used."""

from __future__ import annotations

import json
import sys
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING

import click

from codecbench.errors import Unavailable, UsageError
from codecbench.names import names

if TYPE_CHECKING:
    from codecbench.api import CodecCard, CodecOptions
    from codecbench.parity.comparing import Parity
    from codecbench.parity.summary import PaceSummary, WaySummary
    from codecbench.parity.worker import Other

EXIT_DIFFERS, EXIT_UNAVAILABLE = 1, 3


@click.command()
@click.argument("codec", metavar="CODEC[:CHECKPOINT]")
@click.option("--point", metavar="KBPS", help="An operating point, as tables call it; default: the highest.")
@click.option("--dataset", default="probe", show_default=True, metavar="NAME|PATH", help="Speech to code.")
@click.option("--limit", type=click.IntRange(1), default=3, show_default=True, help="Utterances.")
@click.option("--pieces", default="5,25", show_default=True, metavar="N,N", help="Frames of pieces and streams.")
@click.option("--context", type=click.IntRange(0), default=0, show_default=True, help="Frames decoded before a piece.")
@click.option("--against", metavar="CODEC", help="A second implementation, which decodes the same payloads.")
@click.option("--other-device", metavar="DEVICE", help="Decode there, too: cuda, cuda:1, mps.")
@click.option("--tolerance", type=float, default=1e-4, show_default=True, help="The greatest difference that is none.")
@click.option("--weights", type=click.Path(path_type=Path), metavar="PATH|random", help="The codec's weights.")
@click.option("--set", "settings", multiple=True, metavar="CODEC.NAME=VALUE", help="A setting of the codec's card.")
@click.option("--device", default="cpu", show_default=True, help="Where it runs.")
@click.option("--json", "as_json", is_flag=True, help="Machine-readable.")
def parity(
    codec: str, point: str | None, dataset: str, limit: int, pieces: str, context: int, against: str | None,
    other_device: str | None, tolerance: float, weights: Path | None, settings: tuple[str, ...],
    device: str, as_json: bool,
) -> None:  # fmt: skip
    """Decode the same payloads whole, in pieces, as a stream, in a batch, elsewhere, and tell what differs.

    Decoding again, streams of a codec that says it streams, and --against have to be equal to --tolerance of full
    scale. Exit status: 0 they are, 1 one is not, 2 a mistake in the command, 3 the codec cannot run here.
    """
    from codecbench.cli.one_codec import given_codec
    from codecbench.datasets import load_dataset
    from codecbench.parity.comparing import Asked, find_parity
    from codecbench.plugins import registry

    sizes = _sizes(pieces)
    try:
        entry, options = given_codec(codec, weights, None, device, settings)
        label = _point(entry.card, point)
        utterances = load_dataset(dataset, registry()).utterances[:limit]
        asked = Asked(label, sizes, context, tolerance, _others(against, other_device, entry.card, options, label))
        found = find_parity(entry, options, utterances, asked)
    except Unavailable as error:
        click.echo(f"codecbench: {error}", err=True)
        sys.exit(EXIT_UNAVAILABLE)
    if as_json:
        click.echo(json.dumps(asdict(found), indent=2))
    else:
        _tell(found, dataset)
    sys.exit(EXIT_DIFFERS if found.broken else 0)


def _sizes(pieces: str) -> tuple[int, ...]:
    """Raises UsageError for what is no number of whole frames."""
    listed = names(pieces, "--pieces")
    if not all(size.isdecimal() and int(size) > 0 for size in listed):
        raise UsageError(f"--pieces '{pieces}': expected whole numbers of frames, at least 1 each, such as 5,25")
    return tuple(map(int, listed))


def _point(card: CodecCard, asked: str | None) -> str:
    if asked is None:
        return card.rising_points[-1].label
    try:
        return card.point(asked).label
    except KeyError as error:
        raise UsageError(f"--point: {error.args[0]}") from error


def _others(
    against: str | None, device: str | None, card: CodecCard, options: CodecOptions, label: str
) -> tuple[Other, ...]:
    """Raises UsageError where the second codec is not there, or has no such point."""
    from dataclasses import replace

    from codecbench.cli.one_codec import given_codec
    from codecbench.parity.worker import Other
    from codecbench.run.asked import device_name
    from codecbench.run.workers.codecs import CodecJob

    others = []
    if against is not None:
        entry, its_options = given_codec(against, None, None, options.device, ())
        _point(entry.card, label)
        others.append(Other(f"against {entry.card.spec}", CodecJob(entry.card.spec, its_options)))
    if device is not None:
        moved = replace(options, device=device_name(device, "--other-device"))
        others.append(Other(f"on {device}", CodecJob(card.spec, moved)))
    return tuple(others)


def _tell(found: Parity, dataset: str) -> None:
    from tabulate import tabulate

    from codecbench.store.ids import point_text

    click.echo(f"{found.codec} at {point_text(found.point)}, {found.utterances} utterances of {dataset}\n")
    heads = ["way", "", "samples", "greatest", "drift ppm", "seams", "codes"]
    click.echo(tabulate([_line(way) for way in found.ways], heads, disable_numparse=True))
    for way in found.ways:
        if way.reason:
            click.echo(f"{way.way}: {way.reason}")
    if found.pace is not None:
        click.echo(_pace(found.pace, found.frame_ms))
    if found.broken:
        click.echo(f"\nnot equal, and should be: {', '.join(way.way for way in found.broken)}")


def _line(way: WaySummary) -> list[str]:
    return [
        way.way, way.verdict,
        "" if way.surplus is None else f"{way.surplus:+d}" if way.surplus else "0",
        "" if way.greatest is None else f"{way.greatest:.1e}" if way.greatest else "0",
        "" if way.drift_ppm is None else f"{way.drift_ppm:+.0f}" if round(way.drift_ppm) else "0",
        "" if way.seam_jump is None else f"× {way.seam_jump:.1f}",
        "" if way.flipped is None else f"{100 * way.flipped:.1f} % other" if way.flipped else "same",
    ]  # fmt: skip


def _pace(pace: PaceSummary, frame_ms: float) -> str:
    from codecbench.printing.wording import count

    return (
        f"\na stream: the first sample after {count(pace.frames_to_first, 'frame')} "
        f"({pace.frames_to_first * frame_ms:.0f} ms) and {pace.ms_to_first:.1f} ms of computing; a frame of "
        f"{frame_ms:.1f} ms takes {pace.ms_median:.1f} ms (99 %: {pace.ms_99:.1f}, longest {pace.ms_longest:.1f})"
    )
