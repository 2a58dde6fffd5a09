from __future__ import annotations

from codecbench.plugins import registry
from recipes.documents.metrics import metric_table


def test_every_metric_that_comes_with_codecbench_has_a_row() -> None:
    rows = {line.split("`")[1]: line for line in metric_table().splitlines()[2:]}
    assert set(rows) <= set(registry().metrics)
    assert {"pesq_wb", "wer", "delay_ms"} <= set(rows)
    assert rows["wer"].endswith("| %, lower | a recognizer, transcripts |")
    assert rows["word_audit"].endswith("`--metrics` to name it |")
