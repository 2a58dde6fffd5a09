"""Which utterances the report lets one listen to: asked of the results in a run's folder, in a process of its own."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from codecbench.run.pool import guarded
from codecbench.store import Store


@guarded
def telling_utterances(folder: Path, among: Sequence[str]) -> list[str]:
    """Those of `among` that tell most, by the results in `folder`."""
    from codecbench.analysis.extremes import choose_utterances

    with Store(folder) as store:
        return [one.utterance for one in choose_utterances(store.results(), among)]
