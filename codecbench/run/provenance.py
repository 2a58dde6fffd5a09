"""What a plan is, written into the store before anything is computed; and what of the folder it makes stale."""

from __future__ import annotations

import json
import shutil
import uuid
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

import codecbench
from codecbench.conditions import condition_of, told_of, unit_of
from codecbench.errors import UsageError
from codecbench.machine import SAME_MACHINE, describe_libraries, describe_machine
from codecbench.run.planned import Plan
from codecbench.run.progress import Reporter
from codecbench.run.same_dataset import refuse_another_dataset
from codecbench.run.share import WHOLE, Share
from codecbench.store import SCHEMA, Store
from codecbench.store.facts import CodecFacts, MetricFacts
from codecbench.store.invocations import Invocation
from codecbench.store.revision import asked_of, revision
from codecbench.store.rows import CodecRow
from codecbench.store.shards import ShardFacts


def record_run(plan: Plan, store: Store, reporter: Reporter, share: Share = WHOLE) -> None:
    """Write what the plan is into the store. Raises UsageError where the folder's results are not of its kind."""
    meta = _record_question(plan, store, share)
    _record_recognizer(plan, store, meta, replace=True)
    invocation = _begin(plan, store)
    _record_metrics(plan, store, reporter)
    store.set_meta(
        request=plan.request.as_json(), command=invocation.command, codecbench=codecbench.__version__,
        libraries=dict(invocation.libraries),
    )  # fmt: skip
    _record_machine(plan, store, meta, invocation.machine, reporter)
    _record_codecs(plan, store, reporter)
    store.replace_skips([*plan.skips, *plan.broken])
    if share.facts is not None:
        cost = "" if plan.request.cost == "none" else ", and shard 1 alone measures speed"
        reporter.note(
            f"{share.facts}: {share.facts.cells} of {share.facts.all_cells} cells. A shard keeps no audio{cost}"
        )


def record_scoring(plan: Plan, store: Store, reporter: Reporter) -> None:
    """Further metrics, perhaps on another machine: what was coded and timed stays. Raises as `record_run`."""
    meta = _record_question(plan, store)
    _record_recognizer(plan, store, meta, replace=False)
    # Further weights of metrics are found again by the next `score`.
    store.set_meta(request={**meta["request"], "weights": plan.request.as_json()["weights"]})
    _begin(plan, store)
    _record_metrics(plan, store, reporter)
    store.replace_skips([*store.skips(), *plan.skips, *plan.broken])


def _begin(plan: Plan, store: Store) -> Invocation:
    """What is computed from here on is of this command, in this environment."""
    request = plan.request
    invocation = Invocation.begun(
        now(), request.command, codecbench.__version__, describe_machine(request.device),
        describe_libraries(plan.distributions),
    )  # fmt: skip
    store.begin(invocation)
    return invocation


def refuse_another_question(plan: Plan, store: Store) -> None:
    """Raises UsageError where the folder holds another dataset, or another part of a run, than `plan`."""
    meta = store.meta()
    _refuse_another_condition(plan, store, meta)
    _refuse_another_part(plan, store, meta)
    _refuse_other_payloads(plan, store, meta)
    refuse_another_dataset(plan, store)


def _record_question(plan: Plan, store: Store, share: Share = WHOLE) -> dict[str, Any]:
    """The dataset, and what part of the run this is; returns what the folder held before."""
    meta = store.meta()
    refuse_another_question(plan, store)
    if meta.get("created") is None:
        store.set_meta(
            schema=SCHEMA,
            run_id=uuid.uuid4().hex,
            created=now(),
            condition=plan.request.condition,
            condition_told=told_of(plan.request.condition, plan.request.noise),
            condition_unit=unit_of(plan.request.condition, plan.request.noise),
            payloads=plan.request.payloads and str(plan.request.payloads),
            recognizer=None,
        )
    store.set_meta(
        finished=None, tally=None, dataset=plan.dataset.id, dataset_synthetic=plan.dataset.synthetic,
        dataset_warnings=list(plan.dataset.warnings), revision=_revision(plan, store, share),
        sample_utterances=meta.get("sample_utterances") or [], shard=share.facts and share.facts.as_json(),
    )  # fmt: skip
    if share.facts is not None and meta.get("shard") not in (None, json.loads(json.dumps(share.facts.as_json()))):
        store.forget_plan()
        store.set_meta(recognizer=None)
    return meta


def _revision(plan: Plan, store: Store, share: Share) -> str:
    """Of the plan's utterances, and of others that the folder has: it may hold more than this plan's limit.

    A shard's is the whole plan's, of which it has a part.
    """
    planned = {one.utterance.id: one.asked for one in plan.utterances}
    more = [asked_of(row) for row in store.utterances() if row.id not in planned]
    return revision([*planned.values(), *more]) if more and share.facts is None else plan.revision


def _refuse_another_condition(plan: Plan, store: Store, meta: Mapping[str, Any]) -> None:
    held = condition_of(meta)
    if meta.get("created") is not None and held != plan.request.condition:
        raise UsageError(
            f"'{store.folder}' holds a run in condition {held}, not {plan.request.condition}: figures of two are never "
            "mixed; choose another --out"
        )


def _refuse_other_payloads(plan: Plan, store: Store, meta: Mapping[str, Any]) -> None:
    """A folder is of what its codecs encode, or of payloads that were given."""
    if meta.get("created") is None:
        return
    held, asked = meta.get("payloads"), plan.request.payloads
    if held != (asked and str(asked)):
        told = {True: "what codecs encode", False: "given payloads"}
        what = f"--payloads {asked}" if asked else told[True]
        raise UsageError(
            f"'{store.folder}' holds a run over {f'payloads of {held}' if held else told[True]}, not over {what}; "
            "choose another --out"
        )


def _refuse_another_part(plan: Plan, store: Store, meta: Mapping[str, Any]) -> None:
    """A folder is one shard, or a run; neither goes on as the other."""
    if meta.get("revision") is None:
        return
    asked = f"shard {plan.request.shard}" if plan.request.shard else "a whole run"
    held = str(ShardFacts.from_json(meta["shard"])) if meta.get("shard") else "a whole run"
    if asked != held:
        raise UsageError(f"'{store.folder}' holds {held}, not {asked}; choose another --out")


def _record_recognizer(plan: Plan, store: Store, meta: dict[str, Any], *, replace: bool) -> None:
    """A plan without words leaves it as it is; another one than before drops its scores, or is refused."""
    card, key = plan.recognizer.card, plan.recognizer.key
    if card is None:
        return
    before = meta.get("recognizer")
    if before and before["key"] != key:
        if not replace:
            raise UsageError(
                f"'{store.folder}' was scored with recognizer {before['id']} v{before['version']}; now {card.id} "
                f"v{card.version}, or another model of that name, is selected. Scores of two recognizers are never "
                "mixed: use `codecbench run` with another --out"
            )
        store.drop_heard()
    store.set_meta(recognizer={"id": card.id, "version": card.version, "parameters": dict(card.parameters), "key": key})


def _record_metrics(plan: Plan, store: Store, reporter: Reporter) -> None:
    now = {metric.card.id: MetricFacts.of(metric.card, metric.source_sha256) for metric in plan.metrics}
    for before in store.put_metrics(now.values()):
        after = now[before.id]
        what = "its source" if before.source_sha256 != after.source_sha256 else "its version or parameters"
        reporter.note(f"metric {before.id}: {what} changed; its older scores here no longer count, they are made anew")


def _record_machine(
    plan: Plan, store: Store, meta: dict[str, Any], here: Mapping[str, Any], reporter: Reporter
) -> None:  # fmt: skip
    """The machine is the one that speeds were measured on."""
    before = meta.get("machine")
    if before is None:
        store.set_meta(machine=dict(here))
    elif plan.request.measures_cost:
        if any(before.get(name) != here[name] for name in SAME_MACHINE):
            store.drop_costs()
            reporter.note("another machine than before: its speeds replace those that were measured there")
        store.set_meta(machine=dict(here))


def _record_codecs(plan: Plan, store: Store, reporter: Reporter) -> None:
    changed = store.put_codecs(
        CodecRow(
            codec.card.name, codec.card.checkpoint, codec.entry.plugin, CodecFacts.of(codec.card),
            codec.weights_sha256, codec.code_sha256, codec.other_weights, codec.changed, codec.environment,
        )
        for codec in plan.codecs
    )  # fmt: skip
    for codec in plan.codecs:
        if codec.other_weights:
            pinned = codec.card.weights.sha256 if codec.card.weights else None
            own = f"its card pins ({pinned[:12]})" if pinned else "its plugin holds"
            reporter.note(
                f"{codec.codec_id.short}: its weights (sha256 {str(codec.weights_sha256)[:12]}) are not those that "
                f"{own}: its rows are marked ‖ in tables"
            )
    for row in changed:  # its kept audio is of the older code
        reporter.note(
            f"{row.codec_id.short}: its source, weights or settings changed; its older results here no longer count"
        )
        shutil.rmtree(store.folder / "audio" / row.codec / row.checkpoint, ignore_errors=True)


def now() -> str:
    return datetime.now(UTC).isoformat(timespec="seconds")
