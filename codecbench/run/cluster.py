"""A run on several machines: parts are handed to workers, and what they computed is put into the one store here.

First the originals of each block of utterances, then each codec's cells of it. What comes back are rows, as shards'
are: the run that follows on this machine finds them, and computes what is missing, wherever that is.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Protocol

from codecbench.errors import UsageError
from codecbench.run import keys
from codecbench.run.originals import SIGNAL
from codecbench.run.part import PartJob, PlanFacts, plan_facts
from codecbench.run.planned import Plan, PlannedUtterance
from codecbench.run.request import Request
from codecbench.run.shard import Unit
from codecbench.run.state import RunState
from codecbench.store import FILE, Store
from codecbench.store.ids import CodecId
from codecbench.store.merging import copy_shard

SIZE = 100
"""Utterances of a unit: with 20 metrics and 4 points a task of some minutes."""


class Workers(Protocol):
    """Machines that do parts of a run. What another engine than Dask has to offer."""

    def facts(self, request: Mapping[str, object]) -> Mapping[str, PlanFacts | str]:
        """What each worker, by its name, would compute of a request: `codecbench.run.part.facts_of`, called there."""
        ...

    def done(self, jobs: Iterable[PartJob]) -> Iterator[bytes | str]:
        """What `codecbench.run.part.do_part` returns of each job, as they come. A lost worker's jobs run elsewhere."""
        ...


def compute_elsewhere(state: RunState, workers: Workers) -> None:
    """Fill the store with what `workers` compute of the plan.

    Raises:
        UsageError: a worker has another codecbench, plugin, weights, recognizer or audio than this machine.
    """
    plan = state.plan
    request = replace(plan.request, cost="none", keep_audio="none", shard=None)
    here = plan_facts(request.as_json())
    _check(here, workers.facts(request.as_json()))
    blocks = [plan.utterances[start : start + SIZE] for start in range(0, len(plan.utterances), SIZE)]
    lacking = [number for number, block in enumerate(blocks) if not _known(state, block)]
    jobs = [PartJob(replace(request, shard=Unit(None, n, SIZE)).as_json(), here.plan) for n in lacking]
    _take(state, workers.done(jobs), f"the originals, {len(jobs)} parts")
    jobs = [*_codec_jobs(state, blocks, request, here.plan)]
    _take(state, workers.done(jobs), f"codecs, {len(jobs)} parts")


def _codec_jobs(
    state: RunState, blocks: Iterable[Sequence[PlannedUtterance]], request: Request, plan: str
) -> Iterator[PartJob]:
    """A part for each codec of which a block has utterances without scores."""
    scored = {codec.card.spec: _scored(state, codec.codec_id) for codec in state.plan.codecs}
    for number, block in enumerate(blocks):
        ids = {planned.utterance.id for planned in block}
        lacking = [spec for spec, there in scored.items() if not ids <= there]
        evidence = _evidence(state, block) if lacking else None
        for spec in lacking:
            part = replace(request, shard=Unit(spec, number, SIZE))
            yield PartJob(part.as_json(), plan, evidence, on_device=request.device != "cpu")


def _check(here: PlanFacts, there: Mapping[str, PlanFacts | str]) -> None:
    if not there:
        raise UsageError("--scheduler: it has no workers; start some, for example: dask worker tcp://HOST:PORT")
    for name, facts in there.items():
        if isinstance(facts, str):
            raise UsageError(f"--scheduler: worker {name} cannot run this: {facts}")
        if differences := here.differences(facts):
            more = f", and {len(differences) - 1} more" if len(differences) > 1 else ""
            raise UsageError(f"--scheduler: worker {name} would compute something else: {differences[0]}{more}")


def _take(state: RunState, parts: Iterator[bytes | str], what: str) -> None:
    """Put parts into the store as they come; one that failed is computed here afterwards."""
    state.reporter.say(f"on the cluster: {what}")
    with TemporaryDirectory() as name:
        for part in parts:
            if isinstance(part, str):
                state.reporter.note(f"a part failed on the cluster and is computed here: {part}")
                continue
            (Path(name) / FILE).write_bytes(part)
            copy_shard(state.store, Path(name))
            state.reporter.say(f"on the cluster: {what}")


def _reference_keys(plan: Plan, block: Iterable[PlannedUtterance]) -> list[str]:
    """Of all that is kept of these originals."""
    return [keys.reference_key(planned.heard, what) for planned in block for what in (SIGNAL, *plan.original_keys)]


def _known(state: RunState, block: Iterable[PlannedUtterance]) -> bool:
    wanted = _reference_keys(state.plan, block)
    return len(state.store.known_evidence(wanted)) == len(set(wanted))


def _evidence(state: RunState, block: Iterable[PlannedUtterance]) -> bytes:
    """What is known of these originals, as a store that a part begins with."""
    with TemporaryDirectory() as name:
        with Store(Path(name), create=True) as store:
            for key, value in state.store.evidence_of(_reference_keys(state.plan, block)).items():
                store.put_evidence(key, value)
        return (Path(name) / FILE).read_bytes()


def _scored(state: RunState, codec_id: CodecId) -> set[str]:
    """Utterances of which an earlier visit left scores of a codec: what of them failed is tried again here."""
    rows: Iterable[sqlite3.Row] = state.store.connection.execute(
        "SELECT DISTINCT utterance FROM current_scores WHERE codec = ? AND checkpoint = ?", codec_id
    )
    return {row["utterance"] for row in rows}
