from __future__ import annotations

from dataclasses import replace

from made_pages import page
from made_runs import MadeCodec, made_results

from codecbench.analysis.cells import collect_cells
from codecbench.report import breakdown


def test_utterances_that_are_all_alike_have_no_interval() -> None:
    results = made_results([MadeCodec("opus", (6,))], utterances=12, metrics=["wer"])
    results = replace(results, scores=tuple(replace(row, numerator=0.0) for row in results.scores))
    content = breakdown.section(page(results))
    assert content is not None
    cells = [cell for line in content.values["lines"] for cell in line.cells]
    assert {cell.text for cell in cells} == {"0.0"}
    assert {cell.more for cell in cells} == {""}


def test_breakdown_by_hand() -> None:
    results = made_results([MadeCodec("opus", (6,))], utterances=12, speakers=12)
    people = [replace(row, sex="FM"[i % 2]) for i, row in enumerate(results.utterances)]
    results = replace(results, utterances=(replace(people[0], speaker=""), *people[1:]))
    content = breakdown.section(page(results))
    assert content is not None
    women = next(line for line in content.values["lines"] if line.title == "F")
    cells = collect_cells(results, ["pesq_wb"])
    scores = next(iter(cells.scores.values()))["pesq_wb"]
    mean = sum(scores[f"utt-{i:02d}"].numerator for i in range(0, 12, 2)) / 6
    assert women.cells[0].text == f"{mean:.2f}"
    assert women.cells[0].more.endswith("*")
    assert content.values["speakers"][-1].title == "not known"
    assert [one.by for one in content.values["absent"]] == ["level"]
    assert all(group.count("|") == 3 for group in content.data["cells"][0])
