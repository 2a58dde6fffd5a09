"""Whether a plan asks about the utterances that its folder holds: the same recordings and words, or more of them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

from codecbench.datasets.warnings import some
from codecbench.errors import UsageError
from codecbench.run.planned import Plan, planned_utterance
from codecbench.store import Store
from codecbench.store.rows import UtteranceRow


@dataclass
class _Differences:
    """By how they differ from the folder's, ids of utterances."""

    removed: list[str] = field(default_factory=list)
    words: list[str] = field(default_factory=list)
    speaker: list[str] = field(default_factory=list)
    recording: list[str] = field(default_factory=list)

    def __str__(self) -> str:
        said = {
            "gone": self.removed, "with other words": self.words, "of another speaker": self.speaker,
            "with another recording": self.recording,
        }  # fmt: skip
        return ", ".join(f"{len(ids)} {how} ({some(ids)})" for how, ids in said.items() if ids)


def refuse_another_dataset(plan: Plan, store: Store) -> None:
    """Utterances may be added to a folder's, and recordings that could not be read may be readable now.

    Raises:
        UsageError: the folder holds another dataset, or this one with something removed or changed.
    """
    meta = store.meta()
    if meta.get("revision") in (None, plan.revision):
        return
    if meta["dataset"] != plan.dataset.id:
        raise UsageError(
            f"'{store.folder}' holds a run over dataset '{meta['dataset']}', not '{plan.dataset.id}'; choose another "
            "--out"
        )
    if text := str(_differences(plan, store.utterances())):
        raise UsageError(
            f"'{store.folder}' holds a run over '{plan.dataset.id}' as it was; now utterances are {text}: choose "
            "another --out"
        )


def _differences(plan: Plan, held: Sequence[UtteranceRow]) -> _Differences:
    planned = {one.utterance.id: one for one in plan.utterances}
    listed = {utterance.id: utterance for utterance in plan.dataset.utterances}
    found = _Differences()
    for row in held:
        utterance = listed.get(row.id)
        if utterance is None:
            found.removed.append(row.id)
            continue
        # Beyond this plan's limit, but in the folder.
        now = planned.get(row.id) or planned_utterance(utterance)
        if (row.transcript or "") != (utterance.transcript or ""):
            found.words.append(row.id)
        elif row.speaker != utterance.speaker:
            found.speaker.append(row.id)
        elif row.reason is None and row.sha256 != now.identity:
            found.recording.append(row.id)
    return found
