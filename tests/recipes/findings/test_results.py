from __future__ import annotations

from pathlib import Path

from recipes.codecs import nominal_kbps
from recipes.findings.results import Result, dump, load
from recipes.training.job import write_facts

RESULT = Result("dac", "small", 0, 1e-3, 6000, 19200.0, {1.0: {"pesq_wb": 1.2}, 6.0: {"pesq_wb": 1.9, "mel": 0.4}})


def test_results_come_back_from_their_file(tmp_path: Path) -> None:
    dump([RESULT], tmp_path / "results.json")
    assert load(tmp_path / "results.json") == [RESULT]


def test_a_folder_is_read_as_it_was_written_and_other_terms_are_left_out(tmp_path: Path) -> None:
    facts = RESULT.facts()
    (count,) = (count for count, kbps in nominal_kbps("dac").items() if kbps == 1.0)
    facts["validation"][str(count)] = {**facts["validation"][str(count)], "clips": 9}
    write_facts(tmp_path / "small", facts)
    assert Result.of_folder(tmp_path / "small") == RESULT
