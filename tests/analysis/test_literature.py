from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest
from made_runs import MadeCodec, made_results, with_card

from codecbench.analysis import summarize
from codecbench.analysis.literature import beside, comparable, metric_of
from codecbench.published import PESQBand, PublishedFigure, PublishedSource

WIDE = PublishedSource("a", "A paper", "https://example.org", "speech", "16 kHz", "as is", False, "wide")
FIGURE = PublishedFigure("opus", None, 6.0, "pesq", 2.5, WIDE)


@pytest.mark.parametrize(("changes", "kept"), [
    ({}, True),
    ({"checkpoint": "another"}, True),
    ({"codec": "unheard-of"}, False),
    ({"kbps": 12 * 1.09}, True),
    ({"kbps": 12 * 1.11}, False),
    ({"kbps": 6 / 1.11}, False),
])  # fmt: skip
def test_only_the_runs_codecs_near_its_rates(changes: dict[str, object], kept: bool) -> None:
    summary = summarize(made_results([MadeCodec("opus", (6, 12))], utterances=2, metrics=["stoi"]))
    figure = replace(FIGURE, **changes)  # type: ignore[arg-type]
    assert beside([figure], summary) == ([figure] if kept else [])


@pytest.mark.parametrize(("band", "metric", "same"), [
    ("wide", "pesq_wb", True), ("narrow", "pesq_nb", True), ("unknown", "pesq", False),
])  # fmt: skip
def test_pesq_stands_at_its_band(band: PESQBand, metric: str, same: bool) -> None:
    figure = replace(FIGURE, source=replace(WIDE, pesq_band=band))
    assert metric_of(figure) == metric
    assert comparable(figure, summarize(made_results(utterances=2))) == same
    assert metric_of(replace(figure, metric="wer")) == "wer"


@pytest.mark.parametrize(("metric", "convention", "same"), [
    ("wer", {"wer_recognizer": "whisper-tiny.en"}, True),
    ("wer", {"wer_recognizer": "whisper-large"}, False),
    ("wer", {"wer_recognizer": "unknown"}, False),
    ("speaker_similarity", {"similarity_encoder": "ours"}, True),
    ("speaker_similarity", {"similarity_encoder": "unknown"}, False),
    ("macs_per_s", {"macs_counter": "structural"}, True),
    ("macs_per_s", {"macs_counter": "ptflops"}, False),
    ("estoi", {}, True),
])  # fmt: skip
def test_what_was_measured_otherwise_is_not_comparable(metric: str, convention: dict[str, Any], same: bool) -> None:
    run = with_card(made_results(utterances=2), "speaker_similarity", parameters={"encoder": "ours"})
    figure = replace(FIGURE, metric=metric, source=replace(WIDE, **convention))
    assert comparable(figure, summarize(run)) == same


def test_unknown_is_not_the_same_as_unknown() -> None:
    run = with_card(made_results(utterances=2), "speaker_similarity", parameters={"encoder": "unknown"})
    figure = replace(FIGURE, metric="speaker_similarity", source=replace(WIDE, similarity_encoder="unknown"))
    assert not comparable(figure, summarize(run))
