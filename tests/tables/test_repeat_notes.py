from __future__ import annotations

from dataclasses import replace

from made_runs import made_results

from codecbench.analysis.findings import summarize
from codecbench.analysis.repeats import RepeatSpread
from codecbench.metrics.elsewhere import CARDS
from codecbench.store.facts import MetricFacts
from codecbench.tables.repeat_notes import repeat_notes


def test_a_metric_of_repetitions_says_how_far_they_are_apart() -> None:
    made = summarize(made_results())
    (card,) = [card for card in CARDS if card.id == "utmosv2"]
    spread = RepeatSpread(5, 0.08, 0.0358, 0.17, 12)
    summary = replace(made, metrics={**made.metrics, card.id: MetricFacts.of(card)}, repeats={card.id: spread})
    assert repeat_notes(summary, {card.id}) == [
        "UTMOSv2 is the mean of 5 repetitions: test-retest standard deviation 0.080 of one, 0.036 of the mean; at most "
        "0.170 apart on one signal."
    ]
    assert repeat_notes(summary, {"pesq_wb"}) == []
