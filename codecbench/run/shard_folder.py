"""Folders of shards, opened and held against each other: only shards of one run are merged."""

from __future__ import annotations

import shlex
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from codecbench.errors import UsageError
from codecbench.run.request import Request
from codecbench.store import Store
from codecbench.store.facts import MetricFacts
from codecbench.store.ids import CodecId, Place
from codecbench.store.merging import applied_delays, count_done, has_costs
from codecbench.store.reading import SAME_DELAY_S
from codecbench.store.rows import CodecRow, SkipRow
from codecbench.store.shards import ShardFacts

ASKED = ("bitrates", "codecs", "seed", "seeds", "ladder", "device")
"""Of a request: what decides which cells there are."""


@dataclass(frozen=True)
class RunFacts:
    """What a folder's figures are figures of. `plan` is the hash over the keys of all cells."""

    folder: Path
    meta: Mapping[str, Any]
    plan: str
    metrics: Mapping[str, MetricFacts]
    codecs: Mapping[CodecId, CodecRow]

    @classmethod
    def of(cls, store: Store, plan: str) -> RunFacts:
        return cls(store.folder, store.meta(), plan, store.metrics(), {row.codec_id: row for row in store.codecs()})


@dataclass(frozen=True)
class ShardFolder(RunFacts):
    """A shard as it is now: `done` of its cells."""

    facts: ShardFacts
    request: Request
    skips: tuple[SkipRow, ...]
    delays: Mapping[Place, float]
    done: int
    has_costs: bool

    @property
    def command(self) -> str:
        """What to type to go on with it."""
        return str(self.meta.get("command") or "")

    @property
    def missing(self) -> int:
        return max(0, self.facts.cells - self.done)


def open_shards(folders: Sequence[Path]) -> list[ShardFolder]:
    """By their indices. Raises UsageError where one is no shard, or two are not of one run."""
    opened: dict[int, ShardFolder] = {}
    for folder in dict.fromkeys(folder.absolute() for folder in folders):
        shard = _open(folder)
        twin = opened.setdefault(shard.facts.index, shard)
        first = next(iter(opened.values()))
        refuse(first, shard, _differences(first, shard))
        if twin is not shard:
            raise UsageError(f"'{twin.folder}' and '{folder}' are both {shard.facts}: give one of them")
    return [opened[index] for index in sorted(opened)]


def refuse(first: RunFacts, second: RunFacts, differences: Iterator[str]) -> None:
    """Raises UsageError with the first of `differences`, if there is any."""
    for what in differences:
        raise UsageError(f"'{first.folder}' and '{second.folder}' cannot be merged: {what}")


def unlike(first: RunFacts, second: RunFacts) -> Iterator[str]:
    """What of that which both have is not the same, the gravest first."""
    for name, what, width in (("revision", "dataset revision", 12), ("codecbench", "codecbench", 40)):
        one, other = (str(facts.meta.get(name))[:width] for facts in (first, second))
        if first.meta.get(name) != second.meta.get(name):
            yield f"their {what} differs, {one} and {other}"
    if first.meta.get("recognizer") and second.meta.get("recognizer"):
        yield from _unlike_recognizers(first, second)
    for name in first.metrics:
        if name in second.metrics:
            yield from _unlike_metrics(first.metrics[name], second.metrics[name])
    for codec, row in first.codecs.items():
        if codec in second.codecs:
            yield from _unlike_codecs(row, second.codecs[codec])


def another_command(command: str, *options: str) -> str:
    """A shard's command line with other `options` than its --shard and --out.

    >>> another_command("codecbench run --limit 3 --shard 2/7 --out shards/2", "--out", "run")
    'codecbench run --limit 3 --out run'
    """
    words, kept = iter(shlex.split(command)), []
    for word in words:
        if word in ("--shard", "--out"):
            next(words, None)
        elif not word.startswith(("--shard=", "--out=")):
            kept.append(word)
    return shlex.join([*(kept or ["codecbench", "run"]), *options])


def _open(folder: Path) -> ShardFolder:
    with Store(folder) as store:
        meta = store.meta()
        if not meta.get("revision") or not meta.get("request"):
            raise UsageError(f"'{folder}' contains no results yet: run its command again, or leave it out")
        if not meta.get("shard"):
            raise UsageError(f"'{folder}' is no shard: it holds a whole run (shards: codecbench run … --shard I/N)")
        facts = ShardFacts.from_json(meta["shard"])
        return ShardFolder(
            **vars(RunFacts.of(store, facts.plan)), facts=facts, request=Request.from_json(meta["request"], folder),
            skips=store.skips(), delays=applied_delays(store),
            done=count_done(store, facts.metrics, facts.ladder_metrics), has_costs=has_costs(store),
        )  # fmt: skip


def _differences(first: ShardFolder, second: ShardFolder) -> Iterator[str]:
    """Everything that keeps two shards from being of one run."""
    if first.facts.count != second.facts.count:
        yield f"they are {first.facts} and {second.facts}"
    if first.request.limit != second.request.limit:  # it decides the revision
        yield f"they were run with --limit {first.request.limit} and --limit {second.request.limit}"
    yield from unlike(first, second)
    yield from _unlike_recognizers(first, second)
    yield from _lacking(first, second)
    yield from _lacking(second, first)
    if first.plan != second.plan:
        for name in ASKED:
            one, other = getattr(first.request, name), getattr(second.request, name)
            if one != other:
                yield f"they were run with --{name} {one} and --{name} {other}"
        yield f"the cells, or the order or columns of the dataset, differ ({first.plan[:12]} and {second.plan[:12]})"
    for place, delay in first.delays.items():
        other_delay = second.delays.get(place, delay)
        if abs(delay - other_delay) > SAME_DELAY_S:
            yield (
                f"they take out another delay of {place}, {1000 * delay:g} and {1000 * other_delay:g} ms: a cell that "
                "fixes it failed, or came out otherwise; run both again"
            )


def _lacking(first: ShardFolder, second: ShardFolder) -> Iterator[str]:
    """What `second` does not have at all."""
    for metric in first.metrics:
        if metric not in second.metrics:
            yield f"metric {metric} is in '{first.folder}' alone; run both with the same --metrics"
    for codec in first.codecs:
        if codec not in second.codecs:
            reasons = [row.reason for row in second.skips if row.codec_id == codec]
            yield f"codec {codec.spec} is in '{first.folder}' alone" + "".join(f" (there: {one})" for one in reasons)


def _unlike_recognizers(first: RunFacts, second: RunFacts) -> Iterator[str]:
    one, other = _recognizer(first.meta), _recognizer(second.meta)
    if one != other:
        yield f"their recognizer differs, {one} and {other}"


def _recognizer(meta: Mapping[str, Any]) -> str:
    heard = meta.get("recognizer")
    return f"{heard['id']} v{heard['version']} (model {heard['key'][:12]})" if heard else "none"


def _unlike_metrics(first: MetricFacts, second: MetricFacts) -> Iterator[str]:
    for name in ("version", "parameters", "unit", "pooling", "uses_recognizer"):
        one, other = getattr(first, name), getattr(second, name)
        if one != other:
            yield f"metric {first.id} has {name} {one} in one and {other} in the other"
    if first.source_sha256 != second.source_sha256:
        yield f"metric {first.id} is from another version of its plugin's source in each"
    if first.decides() != second.decides():
        yield f"metric {first.id} is another one: {first.decides()} and {second.decides()}"


def _unlike_codecs(first: CodecRow, second: CodecRow) -> Iterator[str]:
    values = (
        ("version", *(row.card.stored.get("version") for row in (first, second))),
        ("weights", *(str(row.weights_sha256)[:12] for row in (first, second))),
        ("settings", *(dict(row.settings) or "the card's" for row in (first, second))),
        ("sources", *(row.source_sha256[:12] for row in (first, second))),
    )
    for what, one, other in values:
        if one != other:
            yield f"codec {first.codec_id.spec} has {what} {one} in one and {other} in the other"
