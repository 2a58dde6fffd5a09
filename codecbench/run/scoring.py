"""Scoring signals: what is missing is computed, what is known is left alone."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from functools import partial
from typing import Generic

from codecbench.run import keys, workers
from codecbench.run.attempts import LIMIT, Attempts
from codecbench.run.cells import ScorableT
from codecbench.run.ledgers import Ledger
from codecbench.run.planned import MetricGroupPlan, PlannedMetric, grouped
from codecbench.run.pool import Pool, Task
from codecbench.run.progress import SCORING_STEPS
from codecbench.run.state import RunState
from codecbench.store.answers import STANDING, Answer, Failure


class Scoring(Generic[ScorableT]):
    """The scores of `cells` by `metrics`, kept in `ledger`."""

    def __init__(
        self, state: RunState, cells: Sequence[ScorableT], ledger: Ledger[ScorableT], metrics: Sequence[PlannedMetric],
        attempts: Attempts | None = None,
    ) -> None:  # fmt: skip
        self.state, self.cells, self.ledger, self.metrics = state, cells, ledger, metrics
        self.attempts = Attempts() if attempts is None else attempts
        """By group: processes that it took down where it was alone, in earlier blocks too."""
        # What is prepared from an original is kept under its whole group's key, whatever of it a cell still misses.
        self._groups = {group.name: group for group in state.plan.groups}

    def plan(self) -> list[ScorableT]:
        """Find what each cell is missing; returns those that miss anything or lack their copy for the report."""
        for cell, statuses in zip(self.cells, self.ledger.statuses(self.cells, self.metrics), strict=True):
            for metric, status in zip(self.metrics, statuses, strict=True):
                if cell.ok and status in STANDING:
                    self.state.tally.reuse(status)
                else:
                    cell.missing.append(metric)
        self.ledger.make_current(self.cells)
        return [cell for cell in self.cells if cell.ok and (cell.missing or self.ledger.copy(cell))]

    def put_stopped(self) -> None:
        """The cells that stopped earlier get their reason in every score."""
        for cell in self.cells:
            if cell.status != "ok":
                self.put_all(cell, Failure(cell.status, cell.reason or "no reason given"))

    def put_all(self, cell: ScorableT, answer: Answer) -> None:
        """One answer for all that `cell` is missing."""
        for metric in cell.missing:
            self._put(cell, metric, answer)

    def score(self, pool: Pool, todo: Sequence[ScorableT]) -> None:
        """Score those of `todo` that are ok."""
        waiting = iter([cell for cell in todo if cell.ok])
        while suspects := self._score_together(pool, waiting):
            # A metric took its process down (PESQ's C code can): one by one, to find which, and to keep the others.
            self._score_apart(pool, suspects)

    def _score_together(self, pool: Pool, waiting: Iterator[ScorableT]) -> list[ScorableT]:
        """All metrics of a cell in one task, until all cells are done or LIMIT processes were lost: whose."""
        suspects: list[ScorableT] = []

        def tasks() -> Iterator[Task]:
            while len(suspects) < LIMIT and (cell := next(waiting, None)) is not None:
                self._give_up(cell)
                yield self._task(cell, cell.missing)

        for outcome in pool.run(tasks()):
            cell, metrics = outcome.tag
            if isinstance(outcome.value, Failure) and outcome.value.fatal and len(grouped(metrics)) > 1:
                suspects.append(cell)
            else:
                self._keep(cell, metrics, outcome.value)
                self.state.reporter.step(SCORING_STEPS, cells=1)
        return suspects

    def _score_apart(self, pool: Pool, suspects: Sequence[ScorableT]) -> None:
        each = (self._task(cell, group.metrics) for cell in suspects for group in grouped(cell.missing))
        tasks = (replace(task, alone=True) for task in each)
        for outcome in pool.run(tasks):
            cell, metrics = outcome.tag
            self._keep(cell, metrics, outcome.value)
        self.state.reporter.step(len(suspects) * SCORING_STEPS, cells=len(suspects))

    def _give_up(self, cell: ScorableT) -> None:
        """What hung or crashed often enough is not tried on `cell`: each time could cost minutes."""
        why = f"not attempted: it hung or crashed on {LIMIT} signals of this codec before"
        for metric in cell.missing:
            if self.attempts.exhausted(metric.group):
                self._put(cell, metric, Failure("failed", why))
        cell.missing = [metric for metric in cell.missing if not self.attempts.exhausted(metric.group)]

    def _task(self, cell: ScorableT, metrics: Sequence[PlannedMetric]) -> Task:
        job = self._job(cell, grouped(metrics))
        limit = self.state.scoring_limit(cell.utterance, [metric.card for metric in metrics])
        return Task((cell, metrics), workers.score, (job,), limit)

    def _job(self, cell: ScorableT, groups: Sequence[MetricGroupPlan]) -> workers.ScoreJob:
        assert cell.file is not None
        store, recognizer = self.state.store, self.state.plan.recognizer
        known = partial(keys.reference_key, cell.utterance.heard)
        heard = self.ledger.heard_key(cell, recognizer.key) if recognizer.key else None
        return workers.ScoreJob(
            utterance=cell.utterance.utterance,
            recording=cell.utterance.recording,
            decoded=cell.file,
            delay_s=self.ledger.delay_s(cell),
            metrics=tuple(workers.MetricJob(group.name, group.cards, group.setup) for group in groups),
            recognizer=recognizer.spec,
            recognizer_reason=recognizer.reason,
            prepared={group.name: store.evidence(known(self._groups[group.name].key)) for group in groups},
            reference_hypothesis=store.evidence(known(recognizer.key)) if recognizer.key else None,
            decoded_hypothesis=store.evidence(heard) if heard else None,
            keep=self.ledger.copy(cell),
        )

    def _keep(
        self, cell: ScorableT, metrics: Sequence[PlannedMetric], value: workers.CellScores | Failure
    ) -> None:  # fmt: skip
        if isinstance(value, Failure):
            groups = grouped(metrics)
            if len(groups) == 1:
                self.attempts.record(groups[0].name, value)
            for metric in metrics:
                self._put(cell, metric, value)
            return
        recognizer = self.state.plan.recognizer.key
        if value.hypothesis is not None and recognizer and (key := self.ledger.heard_key(cell, recognizer)):
            self.state.store.put_evidence(key, value.hypothesis)
        for metric in metrics:
            self._put(cell, metric, value.scores[metric.card.id])

    def _put(self, cell: ScorableT, metric: PlannedMetric, answer: Answer) -> None:
        self.state.tally.count(answer)
        self.ledger.put(cell, metric, answer)
