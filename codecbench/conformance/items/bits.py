"""What is sent: the emitted bitrate against the nominal one, what padding costs, how codebooks are used."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np

from codecbench.api import OperatingPoint
from codecbench.conformance.bench import Bench
from codecbench.conformance.result import CheckResult, failed, passed, skipped, warned
from codecbench.conformance.worker import CodecCall
from codecbench.printing.wording import count

SECONDS, BUDGET_S, LEAST_S = 10.0, 4.0, 2.0
OFF, FAR_OFF = 0.10, 0.5
"""Shares by which the emitted rate may differ from the nominal one."""
SHORT_S, LESS_SHORT_S = 1.05, 1.95
"""Just over a second, and just under two: whoever pads to whole seconds, or to more, sends as much for both."""
PADDED = 0.5
"""Of what the time between should cost."""
COLLAPSED, POOR = 0.2, 0.4
"""Of the entropy that so many codes could have."""


@dataclass(frozen=True)
class _Sent:
    """kbit of utterances of one operating point, by their seconds."""

    point: OperatingPoint
    seconds: float
    long: float
    short: float
    less_short: float

    @property
    def rate(self) -> float:
        """kbps, with or without what an utterance costs beside its length, whichever is nearer to the nominal one."""
        rates = (self.long / self.seconds, (self.long - self.short) / (self.seconds - SHORT_S))
        nominal = self.point.nominal_kbps
        return rates[0] if nominal is None else min(rates, key=lambda rate: abs(rate / nominal - 1))

    @property
    def off(self) -> float:
        """Of the nominal bitrate, where the point has one."""
        nominal = self.point.nominal_kbps
        return 0.0 if nominal is None else abs(self.rate / nominal - 1)

    @property
    def padded(self) -> bool:
        return self.less_short - self.short < PADDED * self.rate * (LESS_SHORT_S - SHORT_S)

    @property
    def beside(self) -> float:
        """Bytes of an utterance beside its length: a header, side information."""
        return max(0.0, 125 * (self.short - self.rate * SHORT_S))


def bitrate(bench: Bench) -> Iterator[CheckResult]:
    """The size of payloads alone counts: the nominal rate is what a label says."""
    seconds = bench.affordable(SECONDS, BUDGET_S / len(bench.points), LEAST_S)
    excerpts = [bench.excerpt(length) for length in (seconds, SHORT_S, LESS_SHORT_S)]
    sent = []
    for point in bench.points:
        made = bench.run("encoder", [CodecCall("encode", point.label, audio=excerpt) for excerpt in excerpts]).made
        broken = next((one.error for one in made if one.payload is None), None)
        if broken is not None:
            yield failed("bitrate", f"at {point}: {broken}", "see the items before")
            return
        sent.append(_Sent(point, seconds, *(8e-3 * len(one.payload or b"") for one in made)))
    called = [one for one in sent if one.point.nominal_kbps is not None]
    if called:
        yield _rate(max(called, key=lambda one: one.off), len(called))
    else:
        yield skipped("bitrate", "no operating point states a nominal bitrate: tables print the measured one")
    yield _padding(sent)


def _rate(worst: _Sent, points: int) -> CheckResult:
    if worst.off > OFF:
        advice = "state what is emitted: tables print the measured rate, but choose points by the nominal one"
        seen = f"{worst.rate:.3g} kbps at nominal {worst.point.nominal_kbps:g}, {100 * worst.off:.0f} % off"
        return (failed if worst.off > FAR_OFF else warned)("bitrate", seen, advice)
    return passed(
        "bitrate", f"within {max(0.1, 100 * worst.off):.1f} % of the nominal rate at {count(points, 'operating point')}"
    )


def _padding(sent: Sequence[_Sent]) -> CheckResult:
    padded = next((one for one in sent if one.padded), None)
    if padded is not None:
        seen = f"at {padded.point} {SHORT_S} s cost as much as {LESS_SHORT_S} s"
        return warned("padding", seen, "do not send what the input was padded with: most utterances are short")
    beside = max(one.beside for one in sent)
    return passed("padding", f"none is sent; an utterance costs {beside:.0f} bytes beside its length")


def code_use(bench: Bench) -> Iterator[CheckResult]:
    """Entropy of the codes of speech, of what so many codes of that size could have. Of frames: what is sent once an
    utterance has no entropy in one.
    """
    seconds = bench.affordable(2 * SECONDS, BUDGET_S, LEAST_S)
    (made,) = bench.run(
        "encoder", [CodecCall("encode", bench.high.label, audio=bench.excerpt(seconds), codes=True)]
    ).made
    if made.codes is None:
        yield skipped("code use", made.error or "it has no codes (codecbench.api.HasCodes)")
        return
    shares = {
        index: _share(row, book.size)
        for index, (row, book) in enumerate(zip(made.codes, made.codebooks, strict=True))
        if not book.per_utterance
    }
    if not shares:
        yield skipped("code use", "all of its codes are sent once an utterance")
        return
    worst = min(shares, key=lambda index: shares[index])
    used = len(set(made.codes[worst].tolist()))
    seen = (
        f"codebook {worst + 1} of {len(made.codes)}: {used} of {made.codebooks[worst].size} entries, "
        f"{100 * shares[worst]:.0f} % of the entropy that {len(made.codes[worst])} codes could have"
    )
    if shares[worst] < COLLAPSED:
        yield failed("code use", seen, "it has collapsed, or its codes are not those that are sent")
    elif shares[worst] < POOR:
        yield warned("code use", seen, "much of its bitrate carries little")
    else:
        yield passed("code use", seen)


def _share(codes: np.ndarray, size: int) -> float:
    counts = np.bincount(np.asarray(codes, dtype=np.int64), minlength=size)
    seen = counts[counts > 0] / max(1, counts.sum())
    most = np.log2(min(size, max(2, len(codes)))) if size > 1 else 1.0
    return float(-np.sum(seen * np.log2(seen)) / most)
