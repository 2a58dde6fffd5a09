from __future__ import annotations

from pathlib import Path

import pytest

from codecbench.errors import UsageError
from recipes.codecs import nominal_kbps
from recipes.findings.results import Result, dump, load, require_one_protocol
from recipes.training.job import write_facts

RESULT = Result("dac", "small", 0, 1e-3, 6000, 19200.0, {1.0: {"pesq_wb": 1.2}, 6.0: {"pesq_wb": 1.9, "mel": 0.4}})

TESTED = Result(
    "dac", "small", 0, 1e-3, 6000, 19200.0, {1.0: {"pesq_wb": 1.2}, 6.0: {"pesq_wb": 1.9, "mel": 0.4}},
    {1.0: {"pesq_wb": {"ann": 1.1, "ben": 1.5}}, 6.0: {"pesq_wb": {"ann": 2.0}, "mel": {"ann": 0.4, "ben": 0.5}}},
    {"pesq_wb": {"ann": 2.2, "ben": 2.3}}, 660.5, "a processor",
)  # fmt: skip
START = Result("dac", "start", 0, None, 0, 0.0, TESTED.scores, TESTED.test, TESTED.unquantized, 0.0, "a processor")


def test_results_come_back_from_their_file(tmp_path: Path) -> None:
    results = [RESULT, TESTED, START]
    dump(results, tmp_path / "results.json")
    assert load(tmp_path / "results.json") == results


def test_what_is_reported_is_the_test_where_there_was_one() -> None:
    assert RESULT.reported == RESULT.scores
    assert TESTED.reported == {1.0: {"pesq_wb": 1.3}, 6.0: {"pesq_wb": 2.0, "mel": 0.45}}


def test_two_protocols_are_refused() -> None:
    require_one_protocol([TESTED, START])
    require_one_protocol([RESULT])
    with pytest.raises(UsageError, match="results of two protocols"):
        require_one_protocol([RESULT, TESTED])


def test_a_folder_is_read_as_it_was_written_and_other_terms_are_left_out(tmp_path: Path) -> None:
    facts = RESULT.facts()
    (count,) = (count for count, kbps in nominal_kbps("dac").items() if kbps == 1.0)
    facts["validation"][str(count)] = {**facts["validation"][str(count)], "clips": 9}
    write_facts(tmp_path / "small", facts)
    assert Result.of_folder(tmp_path / "small") == RESULT


@pytest.mark.parametrize("result", [TESTED, START], ids=["trained", "start"])
def test_a_test_is_read_as_it_was_written(result: Result, tmp_path: Path) -> None:
    write_facts(tmp_path / result.budget, result.facts())
    assert Result.of_folder(tmp_path / result.budget) == result
