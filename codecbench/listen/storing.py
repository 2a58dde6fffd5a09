"""Listeners' answers as scores of the run that they listened to: a metric beside the others."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterable
from pathlib import Path

import codecbench
from codecbench.api import MetricCard
from codecbench.errors import UsageError
from codecbench.listen.answers import Answer
from codecbench.listen.design import ListeningTest
from codecbench.listen.screening import ScreenedAnswers
from codecbench.machine import describe_machine
from codecbench.run.provenance import now
from codecbench.store.current import CurrentScore
from codecbench.store.exclusive import writing
from codecbench.store.facts import MetricFacts
from codecbench.store.ids import CellPlace
from codecbench.store.invocations import Invocation
from codecbench.store.writing import Store

VERSION = "1"


def metric_card(design: ListeningTest, heard: ScreenedAnswers) -> MetricCard:
    """`mushra`, or `abx_correct`; its parameters say which test it was, and how many listened."""
    parameters = {"test": design.id, "listeners": len(heard.listeners), "screened": len(heard.screened)}
    if design.kind == "mushra":
        return MetricCard(
            "mushra", VERSION,
            f"Mean rating of {len(heard.listeners)} listeners against the open reference, ITU-R BS.1534-3; "
            f"{len(heard.screened)} left out by post-screening. The interval is over utterances, not over listeners.",
            unit="points", higher_is_better=True, low=0.0, high=100.0, title="MUSHRA", digits=1, on_request=True,
            parameters=parameters,
        )  # fmt: skip
    return MetricCard(
        "abx_correct", VERSION,
        f"Share of ABX trials in which one of {len(heard.listeners)} listeners found the reference; half is guessing.",
        higher_is_better=False, low=0.0, high=1.0, pooling="ratio", title="ABX found", on_request=True,
        parameters=parameters,
    )  # fmt: skip


def store_answers(
    folder: Path, design: ListeningTest, heard: ScreenedAnswers, command: str, note: Callable[[str], None]
) -> MetricCard:
    """Into the run in `folder`, in place of what was stored of this metric before; returns the metric's card.

    Raises:
        UsageError: the folder holds another run than `design` is of, or cannot be written into.
    """
    card = metric_card(design, heard)
    if not folder.is_dir():
        raise UsageError(f"'{folder}' holds no run")
    with writing(folder, note) as store:
        held = store.meta().get("run_id")
        if held != design.run_id:
            raise UsageError(f"'{folder}' holds run {held}, the listening test is of {design.run_id}")
        invocation = Invocation.begun(now(), command, codecbench.__version__, describe_machine("cpu"), {})
        store.begin(invocation)
        store.forget_metric(card.id)
        store.put_metrics([MetricFacts.of(card)])
        store.set_current_scores(_scores(store, card, heard.answers))
    return card


def _scores(store: Store, card: MetricCard, answers: Iterable[Answer]) -> list[CurrentScore]:
    """Of each cell, the answers about it; those on anchors are of no codec."""
    coded, cells = store.coded(), _by_cell(answers)
    current = []
    for cell, mine in cells.items():
        if cell not in coded:
            raise UsageError(f"the run has no {cell.place} of utterance '{cell.utterance}' any more")
        told = {answer.listener: answer.value for answer in mine}
        text = f"{coded[cell].key} {card.id} {card.version} {sorted(told.items())}"
        key = hashlib.sha256(text.encode()).hexdigest()
        store.put_score(key, card.version, "ok", None, sum(told.values()), len(told), {"listeners": told})
        current.append(CurrentScore(cell, card.id, key))
    return current


def _by_cell(answers: Iterable[Answer]) -> dict[CellPlace, list[Answer]]:
    cells: dict[CellPlace, list[Answer]] = {}
    for answer in answers:
        if answer.stimulus is not None and answer.stimulus.cell is not None:
            cells.setdefault(answer.stimulus.cell, []).append(answer)
    return cells
