"""What a constant delay taken out does to scores: `pytest tests/benchmarks -k millisecond --benchmark-only -s`.

Opus on the 75 recordings of `eval`, aligned as codecbench does (whole samples, from 1 ms on), as it did before (the
median of the estimates in quarters of a sample) and not at all; beside them the best whole-sample lag of all utterances
together, and of each by itself.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path
from statistics import median

import numpy as np
import pytest
from numpy.typing import NDArray
from tabulate import tabulate

from codecbench.alignment import BLOCK, constant_delay, estimate_delay, shift
from codecbench.api import Audio, CodecOptions, Sample, Utterance
from codecbench.audio import SOURCE_RATE, fit_length, resample, source_signal
from codecbench.datasets import read_manifest
from codecbench.plugins import registry

LAGS = range(-15, 16)
"""Samples at 16 kHz: what is under 1 ms."""
CLOSE_DB = 0.1
UNMOVED = 0.002


@pytest.fixture(scope="module")
def originals(shared: Path) -> list[Audio]:
    return [source_signal(u.path) for u in read_manifest(shared / "data" / "eval" / "manifest.tsv").utterances]


@pytest.mark.parametrize("label", ["6", "8", "12", "16", "24", "32"])
def test_opus_is_not_moved_by_less_than_a_millisecond(
    originals: list[Audio], label: str, benchmark: Callable[..., None]
) -> None:
    del benchmark  # asked for so that this runs with the benchmarks alone
    entry = registry().codec("opus")
    codec, point = entry.factory(CodecOptions()), entry.card.point(label)
    bound = (entry.card.frame_at(point) + entry.card.lookahead_at(point)) / entry.card.sample_rate + 0.005
    decoded = [
        resample(codec.decode(codec.encode(resample(audio, entry.card.sample_rate), point), point), SOURCE_RATE)
        for audio in originals
    ]
    estimates = [estimate_delay(*pair, bound) for pair in zip(originals, decoded, strict=True)]
    quarters = 4 * SOURCE_RATE
    delays = {
        "now": constant_delay(estimates[:BLOCK]),
        "quarter samples": round(median(each for each in estimates if each is not None) * quarters) / quarters,
        "none": 0.0,
    }
    rows = {name: scores(originals, decoded, delay) for name, delay in delays.items()}
    by_lag = np.array([lagged_si_sdr(*pair) for pair in zip(originals, decoded, strict=True)])  # [utterances, lags]
    best, each = by_lag.mean(axis=0).max(), by_lag.max(axis=1).mean()
    lag = LAGS[int(by_lag.mean(axis=0).argmax())]
    print(f"\nOpus at {label} kbps")
    print(tabulate([[n, SOURCE_RATE * delays[n], *row] for n, row in rows.items()],
                   headers=["correction", "samples", "SI-SDR dB", "PESQ-WB", "ESTOI"], floatfmt=".4f"))  # fmt: skip
    print(f"SI-SDR at the best lag of all ({lag} samples) {best:.2f} dB, of each {each:.2f} dB")
    si_sdr, *perceived = rows["now"]
    assert min(abs(si_sdr - best), abs(si_sdr - rows["none"][0])) <= CLOSE_DB
    assert perceived == pytest.approx(rows["quarter samples"][1:], abs=UNMOVED)


def scores(originals: Sequence[Audio], decoded: Sequence[Audio], delay_s: float) -> tuple[float, ...]:
    """Means of SI-SDR, PESQ-WB and ESTOI with `delay_s` taken out."""
    samples = []
    for reference, signal in zip(originals, decoded, strict=True):
        moved = fit_length(shift(signal, delay_s) if delay_s else signal, reference.length).audio
        samples.append(Sample(Utterance("u", Path("u")), reference, moved, moved))
    return tuple(mean(name, samples) for name in ("si_sdr", "pesq_wb", "estoi"))


def mean(name: str, samples: Sequence[Sample]) -> float:
    """Of a metric, scored by itself or as one of a group."""
    entry = registry().find("metrics", name)
    scorer = entry.factory()
    return float(
        np.mean([(scorer.score_all(one)[name] if entry.group else scorer.score(one)).value for one in samples])
    )


def lagged_si_sdr(reference: Audio, decoded: Audio) -> NDArray[np.float64]:
    """SI-SDR in dB [lags], the decoded signal advanced by each of `LAGS`."""
    x = reference.samples[0].astype(float)
    x -= x.mean()
    edge = max(LAGS)
    padded = np.pad(decoded.samples[0].astype(float), edge)[: len(x) + 2 * edge]
    padded = np.pad(padded, (0, len(x) + 2 * edge - len(padded)))
    figures = []
    for lag in LAGS:
        y = padded[edge + lag : edge + lag + len(x)]
        y = y - y.mean()
        target = np.dot(x, y) ** 2 / np.dot(x, x)
        figures.append(10 * np.log10(target / (np.dot(y, y) - target)))
    return np.array(figures)
