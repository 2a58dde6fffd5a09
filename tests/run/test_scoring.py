"""What scoring asks of workers and keeps of their answers, without workers: a made ledger, a pool in this process."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path
from types import SimpleNamespace
from typing import cast

from inline_pool import DIED, InlinePool
from rich.console import Console

from codecbench.api import MetricCard, Utterance
from codecbench.run.attempts import LIMIT
from codecbench.run.cells import Scorable
from codecbench.run.planned import PlannedMetric, PlannedUtterance, RecognizerChoice, grouped
from codecbench.run.pool import Pool, Task
from codecbench.run.progress import Reporter
from codecbench.run.scoring import Scoring
from codecbench.run.state import RunState, Tally
from codecbench.run.workers import CellScores
from codecbench.store.answers import Answer, Failure, ScoreValue

METRICS = tuple(
    PlannedMetric(MetricCard(name, "1", ""), name, group)
    for name, group in (("a", "a"), ("b", "g"), ("c", "g"), ("crashes", "crashes"))
)


class Ledger:
    """Keeps answers in memory; `known` are the statuses of an earlier run, by (utterance, metric)."""

    def __init__(self, known: dict[tuple[str, str], str] | None = None) -> None:
        self.known = known or {}
        self.answers: dict[tuple[str, str], Answer] = {}
        self.current: list[str] = []

    def delay_s(self, cell: Scorable) -> float:
        return 0.0

    def statuses(self, cells: Sequence[Scorable], metrics: Sequence[PlannedMetric]) -> Iterator[Sequence[str | None]]:
        return ([self.known.get((cell.id, metric.card.id)) for metric in metrics] for cell in cells)

    def put(self, cell: Scorable, metric: PlannedMetric, answer: Answer) -> None:
        self.answers[cell.id, metric.card.id] = answer

    def make_current(self, cells: Sequence[Scorable]) -> None:
        self.current = [cell.id for cell in cells]

    def heard_key(self, cell: Scorable, recognizer: str) -> None:
        return None

    def copy(self, cell: Scorable) -> Path | None:
        return None


def cell(name: str) -> Scorable:
    return Scorable(utterance=PlannedUtterance(Utterance(name, Path(name)), "sha"), file=Path("decoded.flac"))


def scoring(cells: Sequence[Scorable], ledger: Ledger, metrics: Sequence[PlannedMetric] = METRICS) -> Scoring[Scorable]:
    state = SimpleNamespace(
        plan=SimpleNamespace(groups=grouped(metrics), recognizer=RecognizerChoice()), tally=Tally(),
        reporter=Reporter(Console(quiet=True)), store=SimpleNamespace(evidence=lambda key: None),
        utterance_limit=lambda planned: 1.0, scoring_limit=lambda planned, cards: 1.0,
    )  # fmt: skip
    return Scoring(cast(RunState, state), cells, ledger, metrics)


def scores(task: Task) -> object:
    """Every metric 1; the process dies where `crashes` is among them."""
    (job,) = task.arguments
    names = [card.id for metric in job.metrics for card in metric.cards]
    return DIED if "crashes" in names else CellScores({name: ScoreValue(1.0, 1.0) for name in names}, None)


def run(cells: Sequence[Scorable], ledger: Ledger) -> tuple[Scoring[Scorable], InlinePool]:
    stage, pool = scoring(cells, ledger), InlinePool(scores)
    stage.score(cast(Pool, pool), stage.plan())
    return stage, pool


def test_what_stands_is_not_asked_again() -> None:
    known = {("u", "a"): "ok", ("u", "b"): "abstained", ("u", "c"): "failed", ("u", "crashes"): "ok"}
    ledger = Ledger(known)
    stage, pool = run([cell("u")], ledger)
    (task,) = pool.tasks
    assert [card.id for job in task.arguments[0].metrics for card in job.cards] == ["c"]
    tally = stage.state.tally
    assert (tally.reused, tally.computed, tally.abstained) == (3, 1, 1)
    assert ledger.current == ["u"]


def test_a_metric_that_takes_its_process_down_is_found_and_the_others_keep_their_scores() -> None:
    ledger = Ledger()
    run([cell("u")], ledger)
    assert {name: answer.status for (_, name), answer in ledger.answers.items()} == {
        "a": "ok", "b": "ok", "c": "ok", "crashes": "failed",
    }  # fmt: skip
    assert ledger.answers["u", "crashes"] == DIED


def test_it_is_given_up_after_a_few_and_a_group_is_one_task() -> None:
    ledger = Ledger()
    cells = [cell(f"u{n}") for n in range(LIMIT + 3)]
    _, pool = run(cells, ledger)
    reasons = [answer.reason for (_, name), answer in ledger.answers.items() if isinstance(answer, Failure)]
    assert reasons.count(DIED.reason) == LIMIT
    assert sum(reason.startswith("not attempted") for reason in reasons) == 3
    assert sum(answer.status == "ok" for answer in ledger.answers.values()) == 3 * len(cells)
    alone = [task.arguments[0].metrics for task in pool.tasks if len(task.arguments[0].metrics) == 1]
    assert [[card.id for card in jobs[0].cards] for jobs in alone[:3]] == [["a"], ["b", "c"], ["crashes"]]


def test_a_cell_that_stopped_has_its_reason_in_every_score() -> None:
    ledger, stopped = Ledger(), cell("u")
    stopped.stop("failed", "encode: it broke")
    stage = scoring([stopped], ledger)
    assert stage.plan() == []
    stage.put_stopped()
    assert {answer.columns[:2] for answer in ledger.answers.values()} == {("failed", "encode: it broke")}
    assert len(ledger.answers) == len(METRICS)
