"""`codecbench list`: what is installed, broken plugins included. Loads no codec."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import asdict
from typing import Any

import click
from tabulate import tabulate

from codecbench.analysis.tokens import told
from codecbench.api import CodecCard, ConditionCard, DatasetCard, MetricCard, RecognizerCard, Unavailable
from codecbench.cost.figures import figures_at
from codecbench.datasets.pulled import is_here, megabytes
from codecbench.errors import UsageError
from codecbench.plugins import Registry, registry
from codecbench.printing.figures import kbps
from codecbench.recognizers.choice import OWN
from codecbench.store.ids import short_point

KINDS = ("codecs", "metrics", "datasets", "recognizers", "conditions")


@click.command(name="list")
@click.argument("kind", type=click.Choice(KINDS), metavar="KIND")
@click.option("--rates", is_flag=True, help="Of codecs: frame rate, codebooks, tokens a second of each bitrate.")
@click.option("--json", "as_json", is_flag=True, help="Machine-readable: every field of every card.")
def list_(kind: str, rates: bool, as_json: bool) -> None:
    """List what is installed. KIND: codecs, metrics, datasets, recognizers, conditions."""
    if rates and kind != "codecs":
        raise UsageError(f"--rates: {kind} have no bitrates; use it with: codecbench list codecs")
    plugins = registry()
    entries = list(getattr(plugins, kind).values())
    if as_json:
        cards = [asdict(entry.card) | _model(entry.card) | {"plugin": entry.plugin} for entry in entries]
        broken = [asdict(plugin) for plugin in plugins.broken]
        click.echo(json.dumps({kind: cards, "broken": broken}, indent=2, default=str))
        return
    rows = [row for entry in entries for row in (_rates(entry.card) if rates else [ROWS[kind](entry.card)])]
    click.echo(tabulate(rows, headers="keys", tablefmt="simple", disable_numparse=True))
    if kind == "recognizers":
        click.echo(f"\nand models of your own: --recognizer {' or '.join(OWN.values())}")
    if kind == "datasets":
        click.echo("\nwhat is not here: codecbench datasets pull NAME; your own: --dataset PATH (docs/datasets.md)")
    _print_broken(plugins)


def _print_broken(plugins: Registry) -> None:
    for plugin in plugins.broken:
        click.echo(f"\nplugin '{plugin.name}' did not load: {plugin.error}")


def _codec(card: CodecCard) -> dict[str, Any]:
    return {
        "codec": card.name,
        "checkpoint": card.checkpoint,
        "track": card.track,
        "rate": _sample_rate(card),
        "kbps": ", ".join(short_point(point.label) for point in card.points),
        "family": f"{card.family or '-'}{' (on request)' if card.on_request else ''}",
        "tokens/s": _token_rates(card),
        "parameters": _known(card.parameters, lambda count: f"{count / 1e6:.2f} M"),
        "MAC/s": _known(_macs(card), lambda count: f"{count / 1e9:.2f} G"),
        "latency": "utterance" if card.whole_utterance else _latency(card),
        "causal": "yes" if card.causal else "no",
        "licence": _short(card.licence),
        "paper": card.paper.removeprefix("https://").removeprefix("www."),
    }


def _sample_rate(card: CodecCard) -> str:
    rates = dict.fromkeys((card.sample_rate, card.decoded_rate))
    return f"{' to '.join(f'{rate / 1000:g}' for rate in rates)} kHz"


def _token_rates(card: CodecCard) -> str:
    """From the fewest to the most."""
    known = [rate for point in card.points if (rate := card.tokens_per_s_at(point)) is not None]
    return " to ".join(dict.fromkeys(f"{rate:.4g}" for rate in (min(known), max(known)))) if known else "n/a"


def _rates(card: CodecCard) -> list[dict[str, Any]]:
    """One row an operating point, as its card states it."""
    return [
        {
            "codec": card.spec,
            "point": short_point(point.label),
            "kbps": _known(point.nominal_kbps, kbps),
            "frames/s": _known(card.frame_rate_at(point) if card.frame_at(point) > 1 else None, lambda hz: f"{hz:.5g}"),
            "codebooks": told(point.codebooks) or "n/a",
            "tokens/s": _known(card.tokens_per_s_at(point), lambda rate: f"{rate:.5g}"),
            # What these codes take at fixed length: a point of variable rate states no kbps, and takes other bits.
            "bits/s, fixed length": _known(
                point.bits_per_frame * card.frame_rate_at(point) or None, lambda rate: f"{rate:.5g}"
            ),
            "depth": point.depth or "n/a",
        }
        for point in card.rising_points
    ]


def _latency(card: CodecCard) -> str:
    """From the shortest to the longest where operating points differ."""
    known = [ms for point in card.points if (ms := figures_at(card, point)["latency_ms"]) is not None]
    if not known:
        return "n/a"
    low, high = f"{min(known):.1f}", f"{max(known):.1f}"
    return f"{low} ms" if low == high else f"{low} to {high} ms"


def _metric(card: MetricCard) -> dict[str, Any]:
    better = {True: "higher", False: "lower", None: ""}[card.higher_is_better]
    return {"metric": card.id, "version": card.version, "unit": card.unit, "better": better, "what": card.description}


def _dataset(card: DatasetCard) -> dict[str, Any]:
    return {
        "dataset": card.id,
        "here": "yes" if _is_here(card) else "no",
        "size": megabytes(card.archive.size) if card.archive is not None else "",
        "licence": _short(card.licence),
        "synthetic": "yes" if card.synthetic else "no",
        "what": card.description,
    }


def _is_here(card: DatasetCard) -> bool:
    try:
        return is_here(card)
    except Unavailable:  # no cache folder
        return False


def _recognizer(card: RecognizerCard) -> dict[str, Any]:
    return {
        "recognizer": card.id,
        "version": card.version,
        "language": card.language if not card.languages else f"{card.language} +{len(card.languages)}",
        "here": _model(card)["missing"] or "yes",
        "note": card.notes,
    }


def _condition(card: ConditionCard) -> dict[str, Any]:
    ends = (f"{end:g}" for end in (card.low, card.high) if end is not None)
    value = card.text or (f"{' to '.join(ends)} {card.unit}".strip() if card.takes_value else "none")
    return {"condition": card.id, "value": value, "what": card.description}


def _model(card: Any) -> dict[str, Any]:
    """Whether a dataset is here; a recognizer's model files by name, and why they are not here."""
    if isinstance(card, DatasetCard):
        return {"here": _is_here(card)}
    if not isinstance(card, RecognizerCard):
        return {}
    try:
        return {"model_files": [path.name for path in card.model_files()], "missing": None}
    except Unavailable as error:
        return {"model_files": [], "missing": str(error)}


def _macs(card: CodecCard) -> float | None:
    """Encoder, quantizer and decoder together, where the ends are known."""
    if card.encoder_macs_per_s is None or card.decoder_macs_per_s is None:
        return None
    return card.encoder_macs_per_s + (card.quantizer_macs_per_s or 0) + card.decoder_macs_per_s


ROWS: dict[str, Callable[[Any], dict[str, Any]]] = {
    "codecs": _codec,
    "metrics": _metric,
    "datasets": _dataset,
    "recognizers": _recognizer,
    "conditions": _condition,
}


def _short(text: str, width: int = 24) -> str:
    """The table's columns must fit a screen; `--json` has the whole text."""
    return text if len(text) <= width else text[: width - 1] + "…"


def _known(value: Any, show: Callable[[Any], str]) -> str:
    return "n/a" if value is None else show(value)
