from __future__ import annotations

from codecbench.run.attempts import LIMIT, Attempts
from codecbench.store.answers import Failure


def test_only_lost_processes_count_each_for_its_own_name() -> None:
    attempts = Attempts()
    for _ in range(LIMIT):
        attempts.record("a", Failure("failed", "hung", fatal=True))
        attempts.record("b", Failure("failed", "KeyError"))
        attempts.record("c", 1.0)
    assert attempts.exhausted("a")
    assert not attempts.exhausted("b")
    assert not attempts.exhausted("c")


def test_the_limit_itself_is_the_last_try() -> None:
    attempts = Attempts()
    for _ in range(LIMIT - 1):
        attempts.record("a", Failure("failed", "hung", fatal=True))
    assert not attempts.exhausted("a")
