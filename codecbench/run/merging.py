"""Shards into one run: what `codecbench merge` does with its folders."""

from __future__ import annotations

import uuid
from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import Any

from codecbench.errors import UsageError
from codecbench.machine import SAME_MACHINE
from codecbench.run.kept import ChooseUtterances
from codecbench.run.provenance import now
from codecbench.run.shard_folder import RunFacts, ShardFolder, another_command, open_shards, refuse, unlike
from codecbench.run.state import Tally
from codecbench.store import SCHEMA, Store
from codecbench.store.answers import STANDING, Failure
from codecbench.store.exclusive import writing
from codecbench.store.merging import copy_costs, copy_shard, count_done, has_costs
from codecbench.store.shards import MergedFacts, MergedShard, ShardFacts


@dataclass(frozen=True)
class Merged:
    """What merging came to: `done` of all cells of the run, and the `shards` that were given, by their indices."""

    facts: MergedFacts
    shards: tuple[ShardFolder, ...]
    done: int
    tally: Tally
    command: str
    """That of the whole run, on the merged folder."""

    @property
    def missing(self) -> int:
        return max(0, self.facts.all_cells - self.done)


def merge_shards(
    folders: Sequence[Path], out: Path, choose: ChooseUtterances, note: Callable[[str], None]
) -> Merged:  # fmt: skip
    """Merge what the shards in `folders` have by now into the run in `out`, which may hold some of it.

    `choose` says which utterances the report is to show; `note` tells the user what is odd. Raises UsageError where the
    shards are not of one run, or `out` holds something else.
    """
    shards = open_shards(folders)
    with writing(out, note) as store:
        before = store.meta()
        merged = _earlier(store, before, shards)
        command = another_command(shards[0].command, "--out", str(out))
        _record(store, before, shards, merged, command)
        for shard in shards:
            _take(store, shard)
            merged = merged.having(shard.facts.index, MergedShard(shard.meta["run_id"], shard.facts.cells, shard.done))
            store.set_meta(shards=merged.as_json())
        facts = shards[0].facts
        done = count_done(store, facts.metrics, facts.ladder_metrics)
        tally = _close(store, choose, _finished(before, shards) if done >= facts.all_cells else None)
    return Merged(merged, tuple(shards), done, tally, command)


def _earlier(store: Store, before: Mapping[str, Any], shards: Sequence[ShardFolder]) -> MergedFacts:
    """What `store` was merged from already. Raises UsageError where it holds anything else."""
    facts = shards[0].facts
    if before.get("revision") is None:
        return MergedFacts(facts.count, facts.plan, facts.all_cells)
    if not before.get("shards"):
        held = ShardFacts.from_json(before["shard"]) if before.get("shard") else "a run that was not merged from shards"
        raise UsageError(f"--out '{store.folder}' holds {held}; choose another folder")
    merged = MergedFacts.from_json(before["shards"])
    here = RunFacts.of(store, merged.plan)
    refuse(here, shards[0], unlike(here, shards[0]))
    if (merged.count, merged.plan) != (facts.count, facts.plan):
        raise UsageError(
            f"--out '{store.folder}' was merged from {merged.count} shards of another run ({merged.plan[:12]}), "
            f"'{shards[0].folder}' is {facts} of {facts.plan[:12]}; choose another folder"
        )
    for shard in shards:
        known = merged.shards.get(shard.facts.index)
        if known is not None and known.run_id != shard.meta["run_id"]:
            raise UsageError(
                f"--out '{store.folder}' has {shard.facts} from another folder (run {known.run_id[:12]}, "
                f"'{shard.folder}' is {shard.meta['run_id'][:12]}); choose another folder"
            )
    return merged


def _record(
    store: Store, before: Mapping[str, Any], shards: Sequence[ShardFolder], merged: MergedFacts, command: str
) -> None:
    """What the run is, of which the shards are parts."""
    first = shards[0]
    if before.get("created") is None:
        created = min(shard.meta["created"] for shard in shards)
        store.set_meta(schema=SCHEMA, run_id=uuid.uuid4().hex, created=created, sample_utterances=[])
    libraries = {name: version for shard in reversed(shards) for name, version in shard.meta["libraries"].items()}
    told = {name: first.meta.get(name) for name in ("condition_told", "condition_unit", "payloads")}
    shared = ("dataset", "dataset_synthetic", "dataset_warnings", "revision", "condition", "codecbench")
    store.set_meta(
        finished=None, tally=None, shard=None, shards=merged.as_json(), command=command,
        request=replace(first.request, shard=None).as_json(), libraries=(before.get("libraries") or {}) | libraries,
        recognizer=first.meta["recognizer"] or before.get("recognizer"),
        machine=before.get("machine") or first.meta["machine"], **told,
        **{name: first.meta[name] for name in shared},
    )  # fmt: skip
    store.put_metrics(first.metrics.values())
    store.put_codecs(first.codecs.values())
    skips = {(row.codec_id, row.point): row for shard in reversed(shards) for row in shard.skips}
    if set(merged.shards) - {shard.facts.index for shard in shards}:  # those of shards that are not given stay
        skips = {(row.codec_id, row.point): row for row in store.skips()} | skips
    store.replace_skips(skips.values())


def _take(store: Store, shard: ShardFolder) -> None:
    for place, delay_s in shard.delays.items():
        store.drop_other_delays(*place, delay_s)
    copy_shard(store, shard.folder)
    if not shard.has_costs:
        return
    before, there = store.meta()["machine"], shard.meta["machine"]
    if not has_costs(store) or all(before.get(name) == there.get(name) for name in SAME_MACHINE):
        copy_costs(store, shard.folder)
        store.set_meta(machine=there)


def _close(store: Store, choose: ChooseUtterances, finished: str | None) -> Tally:
    """What a run writes when it ends, from all results together."""
    tally = _count(store.status_counts())
    store.commit()  # it is read by another connection
    chosen = choose(store.folder, [row.id for row in store.utterances()])
    if isinstance(chosen, Failure):
        raise UsageError(f"the merged run in '{store.folder}' cannot be read: {chosen.reason}")
    store.set_meta(sample_utterances=list(chosen), tally=asdict(tally), finished=finished)
    return tally


def _count(scores: Mapping[str, int]) -> Tally:
    """As of the plain run that computed all of it."""
    return Tally(
        computed=sum(scores.get(status, 0) for status in STANDING if status != "none"),
        **{status: scores.get(status, 0) for status in ("failed", "skipped", "abstained")},
    )


def _finished(before: Mapping[str, Any], shards: Sequence[ShardFolder]) -> str:
    """When the last of it was."""
    times = [meta.get("finished") for meta in (before, *(shard.meta for shard in shards))]
    return max((time for time in times if time), default=now())
