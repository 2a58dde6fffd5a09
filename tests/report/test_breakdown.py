from __future__ import annotations

import re
from dataclasses import replace

from made_pages import page
from made_runs import MadeCodec, made_results

from codecbench.analysis.cells import collect_cells
from codecbench.report import breakdown


def test_utterances_that_are_all_alike_have_no_interval_but_that_of_their_counts() -> None:
    results = made_results([MadeCodec("opus", (6,))], utterances=12, metrics=["wer", "estoi"])
    results = replace(
        results,
        scores=tuple(replace(row, numerator=0.0 if row.metric == "wer" else row.denominator) for row in results.scores),
    )
    content = breakdown.section(page(results))
    assert content is not None
    alike, counted = zip(*(line.cells for line in content.values["lines"]), strict=True)
    assert {(cell.text, cell.more) for cell in alike} == {("1.000", "")}
    assert {cell.text for cell in counted} == {"0.0"}
    # Without an error in 100 words at most 3.6 % are wrong.
    assert all(re.fullmatch(r"0\.0 to \d+\.\d\*", cell.more) for cell in counted)


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
