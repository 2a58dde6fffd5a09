"""Cost figures that a plugin measured once and keeps in its `card.json`, so that listing codecs runs no model."""

from __future__ import annotations

import importlib.util
import json
from pathlib import Path
from typing import Any

from codecbench.api import CodecCard, OperatingPoint, PointLatency


def card_path(package: str) -> Path:
    """Where `package` keeps its figures. Raises ModuleNotFoundError where there is no such package."""
    spec = importlib.util.find_spec(package)
    if spec is None or spec.origin is None:
        raise ModuleNotFoundError(f"no package '{package}'", name=package)
    return Path(spec.origin).parent / "card.json"


def read_figures(package: str) -> dict[str, dict[str, Any]]:
    """All of a package's figures, by `name:checkpoint`; empty where it has none yet."""
    path = card_path(package)
    if not path.exists():
        return {}
    figures: dict[str, dict[str, Any]] = json.loads(path.read_text(encoding="utf-8"))
    return figures


def load_figures(package: str, spec: str) -> dict[str, Any]:
    """The measured fields of the card of `spec` (`name:checkpoint`), as keyword arguments of CodecCard.

    What was not measured is left out, and so stays None on the card.
    """
    figures = read_figures(package).get(spec, {})
    names = (*CodecCard.MEASURED, "macs_by_point", "latency_kind")
    kept = {name: figures[name] for name in names if figures.get(name) is not None}
    by_point = figures.get("latency_by_point")
    if by_point:
        kept["latency_by_point"] = {label: PointLatency(**latency) for label, latency in by_point.items()}
    return kept


def structural_latency(sample_rate: int, frame: int, lookahead: int = 0) -> dict[str, Any]:
    """What frame and look-ahead, in samples, reach: fields of a card whose latency is not measured."""
    ms = 1000 / sample_rate
    return {"latency_ms": ms * (frame + lookahead), "buffering_ms": ms * frame, "latency_kind": "structural"}


def figures_at(card: CodecCard, point: OperatingPoint) -> dict[str, float | None]:
    """What a card states of one operating point, by the names of `CodecCard.MEASURED`."""
    stated = {name: getattr(card, name) for name in CodecCard.MEASURED}
    macs = {f"{stage}_macs_per_s": macs for stage, macs in card.macs_by_point.get(point.label, {}).items()}
    own = card.latency_by_point.get(point.label)
    latency = {} if own is None else {"latency_ms": own.latency_ms, "buffering_ms": own.buffering_ms}
    return stated | macs | latency
