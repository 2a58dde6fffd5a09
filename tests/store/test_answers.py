from __future__ import annotations

import pytest

from codecbench.store.answers import STANDING, Absent, Answer, Failure, ScoreValue


@pytest.mark.parametrize(("answer", "stands"), [
    (ScoreValue(1.0, 2.0), True), (Failure("abstained", "silence"), True), (Absent("no front end"), True),
    (Failure("failed", "boom", fatal=True), False), (Failure("skipped", "no weights"), False),
])  # fmt: skip
def test_only_what_may_be_mended_is_tried_again(answer: Answer, stands: bool) -> None:
    status, reason, numerator, denominator, _ = answer.columns
    assert status == answer.status
    assert (status in STANDING) == stands
    assert (numerator is None) == (denominator is None) == (reason is not None)
