"""Scoring the cells of one codec: what is missing is computed, what is known is left alone."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from typing import Any

from codecbench.run import keys, workers
from codecbench.run.coding import FATAL_LIMIT
from codecbench.run.plan import PlannedMetric
from codecbench.run.pool import Failure, Pool, Task
from codecbench.run.progress import SCORING_STEPS
from codecbench.run.state import Cell, RunState
from codecbench.store.current import CurrentScore

ANSWERS = ("ok", "abstained")
"""Statuses that stand. Failed and skipped scores are tried again: what was missing or broken may be mended."""


class Scoring:
    def __init__(self, state: RunState, cells: Sequence[Cell], delays: dict[str, float]) -> None:
        """`delays` by operating point's label, in seconds."""
        self.state = state
        self.cells = cells
        self.delays = delays
        self.fatal: Counter[str] = Counter()
        """Processes that each metric took down, where it was alone."""

    def plan(self) -> list[Cell]:
        """Find what is missing; returns the cells that need their decoded signal for it."""
        current = []
        for cell in self.cells:
            for metric in self.state.plan.metrics:
                key = self._key(cell, metric)
                current.append(CurrentScore(cell.place, metric.card.id, key))
                status = self.state.store.score_status(key)
                if cell.ok and status in ANSWERS:
                    self.state.tally.reused += 1
                    self.state.tally.abstained += status == "abstained"
                else:
                    cell.missing.append(metric)
        self.state.store.set_current_scores(current)
        return [cell for cell in self.cells if cell.ok and (cell.missing or self._lacks_copy(cell))]

    def score(self, pool: Pool, todo: list[Cell]) -> None:
        """Score `todo`; the cells that stopped earlier get their reason in every score."""
        for cell in self.cells:
            if not cell.ok:
                for metric in cell.missing:
                    self._put(cell, metric, {"status": cell.status, "reason": cell.reason})
        todo = [cell for cell in todo if cell.ok]
        self.state.reporter.step((len(self.cells) - len(todo)) * SCORING_STEPS)
        waiting = iter(todo)
        while suspects := self._score_together(pool, waiting):
            # A metric took its process down (PESQ's C code can): one by one, to find which, and to keep the others.
            self._score_apart(pool, suspects)

    def _score_together(self, pool: Pool, waiting: Iterator[Cell]) -> list[Cell]:
        """All metrics of a cell in one task, until all cells are done or FATAL_LIMIT processes were lost: whose."""
        suspects: list[Cell] = []

        def tasks() -> Iterator[Task]:
            while len(suspects) < FATAL_LIMIT and (cell := next(waiting, None)) is not None:
                self._give_up(cell)
                yield self._task(cell, cell.missing)

        for outcome in pool.run(tasks()):
            cell, metrics = outcome.tag
            if isinstance(outcome.value, Failure) and outcome.value.fatal and len(metrics) > 1:
                suspects.append(cell)
            else:
                self._keep(cell, metrics, outcome.value)
                self.state.reporter.step(SCORING_STEPS)
        return suspects

    def _score_apart(self, pool: Pool, suspects: list[Cell]) -> None:
        for outcome in pool.run(self._task(cell, [metric]) for cell in suspects for metric in cell.missing):
            cell, metrics = outcome.tag
            self._keep(cell, metrics, outcome.value)
        self.state.reporter.step(len(suspects) * SCORING_STEPS)

    def _give_up(self, cell: Cell) -> None:
        """What hung or crashed often enough is not tried on `cell`: each time could cost minutes."""
        for metric in cell.missing:
            if self.fatal[metric.card.id] >= FATAL_LIMIT:
                why = f"not attempted: it hung or crashed on {FATAL_LIMIT} signals of this codec before"
                self._put(cell, metric, {"status": "failed", "reason": why})
        cell.missing = [metric for metric in cell.missing if self.fatal[metric.card.id] < FATAL_LIMIT]

    def _task(self, cell: Cell, metrics: list[PlannedMetric]) -> Task:
        return Task((cell, metrics), workers.score, (self._job(cell, metrics),), self.state.cell_limit(cell))

    def _job(self, cell: Cell, metrics: list[PlannedMetric]) -> workers.ScoreJob:
        assert cell.file is not None
        plan, store = self.state.plan, self.state.store
        sha256, recognizer = cell.utterance.identity, plan.recognizer_key
        return workers.ScoreJob(
            utterance=cell.utterance.utterance,
            decoded=cell.file,
            delay_s=self.delays[cell.point.label],
            metrics=tuple(metric.card.id for metric in metrics),
            recognizer=plan.recognizer_spec,
            recognizer_reason=plan.recognizer_reason,
            prepared={m.card.id: store.evidence(keys.reference_key(sha256, m.key)) for m in metrics},
            reference_hypothesis=store.evidence(keys.reference_key(sha256, recognizer)) if recognizer else None,
            decoded_hypothesis=store.evidence(self._heard_key(cell, recognizer)) if recognizer else None,
            keep=self.state.listening_copy(cell) if self._lacks_copy(cell) else None,
        )

    def _keep(self, cell: Cell, metrics: list[PlannedMetric], value: workers.Scored | Failure) -> None:
        if isinstance(value, Failure):
            if len(metrics) == 1:
                self.fatal[metrics[0].card.id] += value.fatal
            for metric in metrics:
                self._put(cell, metric, {"status": value.status, "reason": value.reason})
            return
        if value.hypothesis is not None and self.state.plan.recognizer_key:
            self.state.store.put_evidence(self._heard_key(cell, self.state.plan.recognizer_key), value.hypothesis)
        for metric in metrics:
            self._put(cell, metric, dict(value.scores[metric.card.id]))

    def _put(self, cell: Cell, metric: PlannedMetric, values: dict[str, Any]) -> None:
        status, tally = values["status"], self.state.tally
        tally.computed += status in ANSWERS
        tally.abstained += status == "abstained"
        tally.failed += status == "failed"
        tally.skipped += status == "skipped"
        self.state.store.put_score(self._key(cell, metric), metric.card.version, **values)

    def _key(self, cell: Cell, metric: PlannedMetric) -> str:
        delay = self.delays[cell.point.label]
        return keys.score_key(cell.key, metric.key, metric.card, cell.utterance.utterance, delay)

    def _heard_key(self, cell: Cell, recognizer: str) -> str:
        return keys.decoded_key(cell.key, self.delays[cell.point.label], recognizer)

    def _lacks_copy(self, cell: Cell) -> bool:
        first_seed = cell.seed == self.state.plan.request.seed  # one copy to listen to, whatever the seeds
        return first_seed and self.state.wants_copy(cell.utterance) and not self.state.listening_copy(cell).exists()
