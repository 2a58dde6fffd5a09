"""How large a loss must be to count: `[tool.codecbench.gate]` of pyproject.toml, and defaults that say why.

A default is 40 % of the smallest drop that the dataset claims to detect. It claims the larger of two: the smallest drop
that it can detect in 95 % of cases at the gate's level, and the smallest one that is worth a red build.
"""

from __future__ import annotations

import tomllib
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from math import isfinite
from pathlib import Path
from statistics import median, stdev
from typing import Any

from codecbench.analysis.paired import Value
from codecbench.analysis.power import LEVEL, SHARE, Design, detection, smallest_drop
from codecbench.errors import UsageError
from codecbench.gate.baseline import Baseline
from codecbench.store.ids import Place

TABLE = "tool.codecbench.gate"
KEYS = ("level", "metrics", "exact_payload", "bitrate", "thresholds", "floors")


@dataclass(frozen=True)
class Practice:
    """`worth`: the smallest drop worth a red build. `noise_sd`: of one utterance's difference without a real change.

    Word errors have no noise of their own, it grows with how many there are: None, `SPREAD_SHARE` of the spread.
    """

    worth: float
    noise_sd: float | None = None


PRACTICE: Mapping[str, Practice] = {
    "pesq_wb": Practice(0.05, 0.04),
    "pesq_nb": Practice(0.05, 0.035),
    "stoi": Practice(0.005, 0.003),
    "estoi": Practice(0.01, 0.005),
    "si_sdr": Practice(0.25, 0.15),
    "mel_distance": Practice(0.03, 0.02),
    "lsd": Practice(0.2, 0.08),
    "speaker_similarity": Practice(0.02, 0.009),
    "wer": Practice(0.02),
    "cer": Practice(0.02),
    "delta_wer": Practice(0.02),
    "dwer": Practice(0.02),
    "delay_ms": Practice(0.1, 0.04),
    "level_error_db": Practice(0.5, 0.16),
}
"""Worth is our choice. Noise was measured between near checkpoints of five codecs (root mean square over operating
points, rounded up): tests/benchmarks/test_gate_power.py prints it again."""

SPREAD_SHARE = 0.7
"""Noise over the baseline's own spread between utterances, for word errors and metrics not known here. Measured: word
errors 0.2 to 3.6 with a median of 0.6, others 0 to 0.3, delays up to 1."""


@dataclass(frozen=True)
class Threshold:
    """A metric's threshold, in its unit, and where it comes from.

    `claim` is the smallest drop the dataset claims to detect (None: set by hand, or nothing can be claimed), `power`
    the probability of detecting it, `noise_sd` what was assumed for both.
    """

    metric: str
    value: float
    origin: str
    noise_sd: float
    claim: float | None = None
    power: float | None = None


@dataclass(frozen=True)
class Settings:
    """What pyproject.toml says. `floors` by metric, or by (`codec@point`, metric).

    `bitrate`: share by which any codec's measured bitrate may rise; None: see `codecbench.gate.exact`.
    """

    level: float = LEVEL
    metrics: tuple[str, ...] | None = None
    exact_payload: tuple[str, ...] = ()
    bitrate: float | None = None
    thresholds: Mapping[str, float] = field(default_factory=dict)
    floors: Mapping[tuple[str, str], float] = field(default_factory=dict)
    source: str = "defaults"
    metrics_source: str = ""
    """Where `metrics` come from, if not from `source`."""

    def with_metrics(self, metrics: Sequence[str] | None, source: str = "--metrics") -> Settings:
        """Those that `source` asks for, if any, in place of pyproject.toml's."""
        return self if metrics is None else replace(self, metrics=tuple(metrics), metrics_source=source)

    def floor(self, place: Place, metric: str) -> float | None:
        """The most particular of `codec:checkpoint@point`, `codec@point`, `codec` and all."""
        for name in floor_names(place):
            if (name, metric) in self.floors:
                return self.floors[name, metric]
        return None


def floor_names(place: Place) -> tuple[str, ...]:
    """Under which `floors` may hold a place, the most particular first."""
    return f"{place.spec}@{place.point}", f"{place.codec}@{place.point}", place.spec, place.codec, ""


def load_settings(path: Path | None) -> Settings:
    """From `path`, or ./pyproject.toml where there is one. Raises UsageError for anything not understood."""
    file = path or Path("pyproject.toml")
    if path is None and not file.is_file():
        return Settings()
    try:
        document = tomllib.loads(file.read_text(encoding="utf-8"))
    except (OSError, ValueError) as error:
        raise UsageError(f"--config '{file}' cannot be read: {error}") from error
    table: Any = document
    for name in TABLE.split("."):
        table = table.get(name, {}) if isinstance(table, dict) else {}
    return parse_settings(table, f"[{TABLE}] of {file}") if table else Settings()


def parse_settings(table: Mapping[str, Any], source: str) -> Settings:
    """Raises UsageError, naming the key and what is allowed."""
    unknown = set(table) - set(KEYS)
    if unknown:
        raise UsageError(f"{source}: unknown key '{sorted(unknown)[0]}'; known: {', '.join(KEYS)}")
    level = _number(table.get("level", LEVEL), f"{source}: level")
    if not 0 < level < 0.5:
        raise UsageError(f"{source}: level must be between 0 and 0.5 (the share of unchanged runs that may fail)")
    bitrate = None if "bitrate" not in table else _number(table["bitrate"], f"{source}: bitrate")
    if bitrate is not None and not 0 <= bitrate < 1:
        raise UsageError(f"{source}: bitrate must be from 0 to under 1 (the share by which it may rise: 0.01 is 1 %)")
    thresholds = {name: _number(value, f"{source}: thresholds.{name}") for name, value in
                  _table(table, "thresholds", source).items()}  # fmt: skip
    negative = [name for name, value in thresholds.items() if value < 0]
    if negative:
        raise UsageError(f"{source}: thresholds.{negative[0]} must not be negative: it is the size of a loss")
    metrics = table.get("metrics")
    return Settings(
        level=level,
        metrics=None if metrics is None else _names(metrics, f"{source}: metrics"),
        exact_payload=_names(table.get("exact_payload", []), f"{source}: exact_payload"),
        bitrate=bitrate,
        thresholds=thresholds,
        floors=_floors(_table(table, "floors", source), source),
        source=source,
    )


def find_thresholds(
    baseline: Baseline, metrics: Iterable[str], tests: int, settings: Settings, clusters: Mapping[str, str]
) -> dict[str, Threshold]:
    """One threshold per metric for comparisons with `baseline`, over `tests` tests in all; `clusters` by utterance."""
    designs = {metric: _design(baseline, metric, tests, settings.level, clusters) for metric in metrics}
    return {metric: _find(metric, design, settings) for metric, design in designs.items()}


def _find(metric: str, design: Design, settings: Settings) -> Threshold:
    if metric in settings.thresholds:
        value = settings.thresholds[metric]
        return Threshold(metric, value, settings.source, design.noise_sd)
    worth = PRACTICE[metric].worth if metric in PRACTICE else 0.0
    detectable = smallest_drop(design)
    if detectable is None:
        return Threshold(metric, SHARE * worth, f"40 % of {worth:g}, the smallest drop worth a red build; one speaker "
                         "alone can claim nothing", design.noise_sd)  # fmt: skip
    claim = max(worth, detectable)
    why = "what this dataset can detect" if claim > worth else "the smallest drop worth a red build"
    known = metric in PRACTICE and PRACTICE[metric].noise_sd is not None
    noise = "" if known else ", noise taken to be 0.7 of the spread between utterances"
    return Threshold(
        metric=metric,
        value=float(f"{SHARE * claim:.3g}"),
        origin=f"40 % of {claim:.3g}, {why}{noise}",
        noise_sd=design.noise_sd,
        claim=claim,
        power=detection(design, claim, SHARE * claim),
    )


def _design(baseline: Baseline, metric: str, tests: int, level: float, clusters: Mapping[str, str]) -> Design:
    """Sizes of a typical place: utterances with a score, and their clusters of speakers."""
    scored = [row.metrics[metric].values for row in baseline.rows if metric in row.metrics]
    designs = [values for values in scored if values]
    if not designs:
        return Design(0.0, 1, 1, tests, level)
    utterances = round(median(map(len, designs)))
    speakers = round(median(len({clusters.get(name) or name for name in values}) for values in designs))
    noise = PRACTICE[metric].noise_sd if metric in PRACTICE else None
    if noise is None:
        noise = SPREAD_SHARE * median(map(_spread, designs))
    return Design(noise, utterances, speakers, tests, level)


def _spread(values: Mapping[str, Value]) -> float:
    """Standard deviation between utterances."""
    return stdev(value.ratio for value in values.values()) if len(values) > 1 else 0.0


def _number(value: Any, what: str) -> float:
    if isinstance(value, bool) or not isinstance(value, (int, float)) or not isfinite(value):
        raise UsageError(f"{what} must be a number, got {value!r}")
    return float(value)


def _names(value: Any, what: str) -> tuple[str, ...]:
    if not isinstance(value, list) or not all(isinstance(name, str) and name for name in value):
        raise UsageError(f'{what} must be a list of names such as ["pesq_wb", "estoi"], got {value!r}')
    return tuple(value)


def _table(table: Mapping[str, Any], key: str, source: str) -> Mapping[str, Any]:
    numbers = table.get(key, {})
    if not isinstance(numbers, dict):
        raise UsageError(f"{source}: {key} must be a table of metric = number, got {numbers!r}")
    return numbers


def _floors(table: Mapping[str, Any], source: str) -> dict[tuple[str, str], float]:
    """`pesq_wb = 1.2`, or for one codec `"encodec@6" = { pesq_wb = 1.5 }`."""
    floors: dict[tuple[str, str], float] = {}
    for name, value in table.items():
        inner = value if isinstance(value, dict) else {name: value}
        for metric, number in inner.items():
            place = name if isinstance(value, dict) else ""
            floors[place, metric] = _number(number, f"{source}: floors.{place + '.' if place else ''}{metric}")
    return floors
