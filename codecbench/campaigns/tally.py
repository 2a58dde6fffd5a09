"""What came of a campaign: counts by outcome, and the first of each that is not wanted."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Literal, TypeAlias

from tabulate import tabulate

from codecbench.run.pool import Outcome, Pool, Task
from codecbench.store.answers import Failure

Fate: TypeAlias = Literal["taken", "refused", "other error", "wrong", "crash", "hang", "executed"]
"""`taken` is right, `refused` by the exception that is promised, `other error` by another: its cell fails, no more."""
FATES: tuple[Fate, ...] = ("taken", "refused", "other error", "wrong", "crash", "hang", "executed")
UNWANTED: tuple[Fate, ...] = ("wrong", "crash", "hang", "executed")
LIMIT_S = 60.0


@dataclass(frozen=True)
class Attempt:
    """One damaged input and its fate; `told` is what was said of it."""

    where: str
    fate: Fate
    told: str = ""


@dataclass
class Campaign:
    """`name` and `seed` make it again."""

    name: str
    seed: int
    counts: dict[str, Counter[Fate]] = field(default_factory=dict)
    first: dict[tuple[str, Fate], str] = field(default_factory=dict)

    def record(self, attempt: Attempt) -> None:
        self.counts.setdefault(attempt.where, Counter())[attempt.fate] += 1
        if attempt.fate in (*UNWANTED, "other error"):
            self.first.setdefault((attempt.where, attempt.fate), attempt.told)

    @property
    def total(self) -> Counter[Fate]:
        return sum(self.counts.values(), Counter())

    @property
    def unwanted(self) -> int:
        return sum(self.total[fate] for fate in UNWANTED)

    def markdown(self) -> str:
        rows = [[where, *(counts[fate] for fate in FATES)] for where, counts in sorted(self.counts.items())]
        rows.append(["all", *(self.total[fate] for fate in FATES)])
        lines = [f"{self.name}: {self.total.total()} attempts, seed {self.seed}", ""]
        lines.append(tabulate(rows, ["", *FATES], "github"))
        lines += ["", *(f"{where}, {fate}: {told}" for (where, fate), told in sorted(self.first.items()))]
        return "\n".join(lines).rstrip() + "\n"


def attempts(pool: Pool, tasks: Iterator[Task]) -> Iterator[Attempt]:
    """What came of each; a task's function returns an Attempt, its tag says where it was."""
    for outcome in pool.run(tasks):
        yield _attempt(outcome)


def _attempt(outcome: Outcome) -> Attempt:
    value = outcome.value
    if not isinstance(value, Failure):
        attempt: Attempt = value
        return attempt
    if value.fatal:
        return Attempt(outcome.tag, "hang" if "no result within" in value.reason else "crash", value.reason)
    return Attempt(outcome.tag, "other error", value.reason)
