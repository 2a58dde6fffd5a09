from __future__ import annotations

from dataclasses import replace

import pytest
from made_runs import MadeCodec, made_results

from codecbench.analysis import summarize
from codecbench.analysis.literature import beside, metric_of
from codecbench.published import PublishedFigure, PublishedSource

WIDE = PublishedSource("a", "A paper", "https://example.org", "speech", "16 kHz", "PESQ wide band", False)
NARROW = replace(WIDE, id="b", convention="PESQ, Narrow band")
FIGURE = PublishedFigure("opus", None, 6.0, "pesq", 2.5, WIDE)


@pytest.mark.parametrize(("changes", "kept"), [
    ({}, True),
    ({"checkpoint": "another"}, True),
    ({"codec": "unheard-of"}, False),
    ({"kbps": 12 * 1.09}, True),
    ({"kbps": 12 * 1.11}, False),
    ({"kbps": 6 / 1.11}, False),
    ({"source": NARROW}, False),
    ({"source": NARROW, "metric": "stoi"}, True),
])  # fmt: skip
def test_only_the_runs_codecs_near_its_rates_and_no_narrow_pesq(changes: dict[str, object], kept: bool) -> None:
    summary = summarize(made_results([MadeCodec("opus", (6, 12))], utterances=2, metrics=["stoi"]))
    figure = replace(FIGURE, **changes)  # type: ignore[arg-type]
    assert beside([figure], summary) == ([figure] if kept else [])


def test_pesq_stands_beside_the_wide_band_one() -> None:
    assert metric_of(FIGURE) == "pesq_wb"
    assert metric_of(replace(FIGURE, metric="wer")) == "wer"
