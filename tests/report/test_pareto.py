from __future__ import annotations

import re

from made_runs import MadeCodec, made_results

from codecbench.analysis import Findings, summarize
from codecbench.report.pareto import front_marks, front_texts


def test_fronts_say_what_is_drawn() -> None:
    results = made_results(
        [MadeCodec("good", (6,), 0.8, card={"parameters": 10}), MadeCodec("poor", (6,), 0.2, card={"parameters": 20}),
         MadeCodec("far", (24,), 0.5, card={"parameters": 20}), MadeCodec("blank", (6,), 0.5)],
        utterances=40, speakers=20,
    )  # fmt: skip
    summary = summarize(results)
    rivals = Findings(results).rivals
    texts = {one.key: one.text for one in front_texts(summary, rivals)}
    assert texts["pesq_wb/parameters"] == (
        "Not dominated: good at 6. Dominated: poor at 6 (by good at 6). No other codec at like bitrate: far at 24. "
        "Cost not known: blank at 6."
    )
    assert front_marks(summary, rivals)["pesq_wb/parameters"] == {"0 6": "", "1 6": "good at 6 kbps"}
    assert all(re.fullmatch(r"\w+/\w+", key) for key in texts)
