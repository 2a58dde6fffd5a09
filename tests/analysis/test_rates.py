from __future__ import annotations

from dataclasses import replace

import pytest
from made_runs import MadeCodec, made_results

from codecbench.analysis import summarize
from codecbench.analysis.rates import Rate, measure_rate


def test_entropy_coded_rate_only_where_it_wins_everywhere() -> None:
    results = made_results([MadeCodec("dac", (6,), codebooks=True)])
    rate = summarize(results).rows[0].rate
    assert rate.entropy_kbps is not None
    assert rate.measured_kbps is not None
    assert rate.entropy_kbps < rate.measured_kbps
    unknown = replace(results, codings=(replace(results.codings[0], entropy_bytes=None), *results.codings[1:]))
    assert summarize(unknown).rows[0].rate.entropy_reason == "no entropy model for these weights"
    worse = replace(results, codings=tuple(replace(row, entropy_bytes=99999) for row in results.codings))
    assert summarize(worse).rows[0].rate.entropy_kbps is None
    assert summarize(worse).rows[0].rate.entropy_reason == "entropy coding does not beat fixed length here"
    assert summarize(made_results()).rows[0].rate.entropy_reason == "not a token codec"


def test_bits_are_summed_before_they_are_divided() -> None:
    short, long, failed = made_results([MadeCodec("opus", (6,))], utterances=3).codings
    short, long = replace(short, payload_bytes=1000, seconds=1.0), replace(long, payload_bytes=500, seconds=3.0)
    failed = replace(failed, status="failed", payload_bytes=10**9)
    assert measure_rate([short, long, failed]).measured_kbps == pytest.approx(8 * 1500 / 4 / 1000)


def test_without_any_coding_both_rates_say_why() -> None:
    assert measure_rate([]) == Rate(None, None, "no coding is ok", "no coding is ok")


def test_a_payload_below_its_codes_at_fixed_length_is_coded_in_another_way() -> None:
    (row,) = made_results([MadeCodec("dac", (6,), codebooks=True)], utterances=1).codings
    small = measure_rate([replace(row, payload_bytes=3, entropy_bytes=None)])
    assert small.entropy_reason == "the payload is smaller than its codes at fixed length: it is coded in another way"
