from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import pytest
from made_runs import MadeCodec, made_results

from codecbench.analysis.rates import Rate
from codecbench.analysis.warnings import clipped, own_delays, rate_warnings, row_warnings
from codecbench.store.facts import CodecFacts
from codecbench.store.rows import CodingRow, ScoreRow

CARD = CodecFacts(sample_rate=16000)
RESULTS = made_results([MadeCodec("dac", (6,), codebooks=True)])
CODINGS = [replace(row, delay_s=None) for row in RESULTS.codings]
DELAYS = [row for row in RESULTS.scores if row.metric == "delay_ms"]


def warnings(changes: dict[int, dict[str, object]], scores: Sequence[ScoreRow] = ()) -> tuple[str, ...]:
    nothing: dict[str, object] = {"surplus": 0}
    rows = [replace(row, **nothing | changes.get(number, {})) for number, row in enumerate(CODINGS)]  # type: ignore
    return row_warnings(rows, scores, CARD)


def test_a_delay_that_deviates_is_named() -> None:
    late: dict[str, object] = {"delay_s": 0.0016}
    expected = ("the delay of 1 of 24 utterances is more than 1 ms off (first: utt-04)",)
    assert warnings({4: late}) == expected
    assert warnings({4: {"delay_s": 0.0014}}) == ()
    assert warnings({4: late | {"status": "failed"}}) == ()


def test_scored_delays_are_known_of_every_utterance() -> None:
    assert own_delays(CODINGS, ()) == {}
    assert own_delays(CODINGS, DELAYS).keys() == {row.cell for row in CODINGS}
    late = replace(DELAYS[7], numerator=9.0, denominator=1.0)
    (warning,) = warnings({}, [*DELAYS[:7], late, *DELAYS[8:]])
    assert f"1 of 24 utterances is more than 1 ms off (first: {late.utterance})" in warning


def surplus(samples: int, level: float | None) -> tuple[str, ...]:
    return warnings({2: {"surplus": samples, "cut_level_db": level}, 3: {"missing": 3}})[1:]


def test_padding_is_told_apart_from_sound_that_is_cut() -> None:
    counted = "surplus samples in 1 of 24 utterances, at most {} at 16000 Hz"
    assert surplus(8, None) == (counted.format(8),)  # too short for a sound
    assert surplus(8000, -70.0) == (counted.format(8000) + ", padding",)
    assert surplus(8000, -3.2) == (
        counted.format(8000),
        "what is cut of the output holds sound in 1 of 24 utterances, at most -3 dB re the rest (first: utt-02)",
    )


def test_missing_samples_are_counted() -> None:
    assert warnings({3: {"missing": 3}}) == ("missing samples in 1 of 24 utterances, at most 3 at 16000 Hz",)


def test_what_did_not_come_out_has_no_warning() -> None:
    gone: list[CodingRow] = [replace(row, status="failed", missing=9) for row in CODINGS]
    assert row_warnings(gone, (), CARD) == ()


def test_samples_beyond_full_scale_are_said_where_they_are_more_than_an_overshoot() -> None:
    loud: dict[str, object] = {"clipped": 0.02, "peak": 1.5}
    changes = {1: {"clipped": 0.01, "peak": 1.2}, 4: loud, 6: {"clipped": 0.3, "peak": 1.1}}
    assert warnings(changes) == (
        "decoded samples are beyond full scale, and clipped, in 2 of 24 utterances: up to 30 % of them, by up to 1.5 "
        "times (first: utt-04)",
    )
    assert [row.utterance for row in clipped([replace(CODINGS[4], **loud), *CODINGS])] == ["utt-04"]  # type: ignore


@pytest.mark.parametrize(
    ("measured", "said"),
    [
        (1.56, ["measured 1.56 kbps, -74 % of the nominal 6"]), (6.61, ["measured 6.61 kbps, +10 % of the nominal 6"]),
        (6.59, []), (5.41, []), (None, []),
    ],
)  # fmt: skip
def test_a_bitrate_off_its_nominal_is_said(measured: float | None, said: list[str]) -> None:
    assert rate_warnings(Rate(measured, None), 6.0) == said
