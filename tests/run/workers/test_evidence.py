from __future__ import annotations

import math

import pytest

from codecbench.api import Abstain, Unavailable
from codecbench.run.workers.evidence import evidence_of, failure_of, value_of


def raises(error: BaseException) -> object:
    raise error


def test_a_value_comes_back_as_json_gives_it() -> None:
    assert value_of(evidence_of(lambda: (1, {"a": 2}))) == [1, {"a": 2}]
    assert value_of(None) is None


@pytest.mark.parametrize(
    ("error", "status", "again"),
    [
        (Abstain("silent"), "abstained", Abstain), (Unavailable("no package"), "skipped", Unavailable),
        (ModuleNotFoundError("no torch"), "skipped", Unavailable), (KeyError("x"), "failed", RuntimeError),
        (SystemExit(3), "failed", RuntimeError),
    ],
)  # fmt: skip
def test_what_is_raised_is_raised_again_for_every_score_that_needs_it(
    error: BaseException, status: str, again: type[BaseException]
) -> None:
    evidence = evidence_of(lambda: raises(error))
    assert evidence["status"] == failure_of(error).status == status
    with pytest.raises(again, match="on the original"):
        value_of(evidence)


def test_what_is_no_json_is_a_failure() -> None:
    assert evidence_of(lambda: math.nan)["status"] == "failed"
    assert evidence_of(object)["status"] == "failed"
