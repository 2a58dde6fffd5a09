"""Figures that a computation fixes: they are equal or they are not, no statistics."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from itertools import pairwise
from math import fsum, isclose
from typing import Literal

from codecbench.analysis.costs import CARD_FIGURES
from codecbench.gate.baseline import Baseline, BaselineRow
from codecbench.store.ids import Place
from codecbench.store.rows import UTTERANCE

ExactVerdict = Literal["better", "worse", "same", "changed", "cannot tell"]
"""`changed`: neither better nor worse."""

ANY_CHANGE = ("nominal_kbps", "measured_kbps", "delay_ms")
"""Fewer bits than before are a change of the operating point, no gift: they are to be written into a new baseline. Of a
variable bitrate they are a gain, see `BITRATE_SHARE`."""
BITRATE_SHARE = 0.01
"""Share of its measured bitrate that a codec of variable bitrate may spend more. Our choice: a change of 1e-4 of the
input, or another version of a library, moves it by some hundredths of a per cent."""
DELAY_SLACK_MS = 0.1
"""Under two samples at 16 kHz: the delay is the median of estimates. Between near checkpoints it moved by 0.05 ms at
most; a real shift of one sample is for the paired test of `delay_ms` to see."""


@dataclass(frozen=True)
class Exact:
    """One figure before and after. `cannot tell` where only the baseline has it; `gated` False: shown, never failed."""

    place: Place
    figure: str
    before: float | str
    after: float | str | None
    verdict: ExactVerdict
    gated: bool = True
    bound: float | None = None
    """Share by which it may rise; None: it is exact."""

    def __str__(self) -> str:
        return f"{self.figure} {shown(self.before)} → {'unknown' if self.after is None else shown(self.after)}"


def shown(value: float | str) -> str:
    """A number plainly, a checksum by its first digits."""
    if isinstance(value, str):
        return value[:12]
    return f"{value:,.0f}" if abs(value) >= 10000 else f"{value:.6g}"


def compare_figures(
    before: BaselineRow, after: BaselineRow, sides: tuple[Baseline, Baseline], promised: Iterable[str],
    bitrate: float | None = None,
) -> list[Exact]:  # fmt: skip
    """Bitrates, delay, parameters, MACs and latency, and the payloads' checksum of codecs in `promised`.

    `bitrate`: share by which the measured bitrate may rise; None: `BITRATE_SHARE` where it varies, else not at all.

    Nothing where no cell is ok any more: that is what is to be told then.
    """
    if after.payloads is not None and not after.payloads.sizes:
        return []
    changes = [
        _exact(before.place, name, before.figures[name], after.figures.get(name))
        for name in (*ANY_CHANGE, "missing_samples", *CARD_FIGURES)
        if name in before.figures
    ]
    rates = [measured_kbps(side, row, _common(before, after)) for side, row in zip(sides, (before, after), strict=True)]
    if rates[0] is not None and rates[1] is not None:
        share = BITRATE_SHARE if bitrate is None and varies(sides[0], before) else bitrate
        changes.append(_bitrate(before.place, rates[0], rates[1], share))
    return changes + _payloads(before, after, promised)


def measured_kbps(baseline: Baseline, row: BaselineRow, utterances: Iterable[str]) -> float | None:
    """8 × Σ payload bytes / Σ seconds of the originals, over `utterances`; None where sizes or lengths are unknown."""
    if row.payloads is None:
        return None
    sizes = {name: row.payloads.sizes[name] for name in utterances if name in row.payloads.sizes}
    seconds = [facts.seconds for name in sizes if (facts := baseline.utterances.get(name)) and facts.seconds]
    if not sizes or len(seconds) < len(sizes):
        return None
    return 8 * sum(sizes.values()) / fsum(seconds) / 1000


def varies(baseline: Baseline, row: BaselineRow) -> bool:
    """Whether the bitrate depends on what is said: it has no nominal one, or a longer utterance has fewer bytes."""
    if row.figures and "nominal_kbps" not in row.figures:
        return True
    sizes = {} if row.payloads is None else row.payloads.sizes
    known = [(facts.seconds, size) for name, size in sizes.items()
             if (facts := baseline.utterances.get(name)) and facts.seconds]  # fmt: skip
    by_length = [size for _, size in sorted(known)]
    return any(later < earlier for earlier, later in pairwise(by_length))


def _bitrate(place: Place, before: float, after: float, share: float | None) -> Exact:
    """A change within `share` is none; fewer bits are then better. Without a share every change is one."""
    if share is None:
        return _exact(place, "measured_kbps", before, after)
    inside = isclose(before, after, rel_tol=1e-6) or abs(after - before) <= share * before
    verdict: ExactVerdict = "same" if inside else "worse" if after > before else "better"
    return Exact(place, "measured_kbps", before, after, verdict, bound=share)


def _common(before: BaselineRow, after: BaselineRow) -> list[str]:
    mine, theirs = (row.payloads.sizes if row.payloads else {} for row in (before, after))
    return sorted(mine.keys() & theirs.keys())


def _payloads(before: BaselineRow, after: BaselineRow, promised: Iterable[str]) -> list[Exact]:
    """Shown for every codec that draws nothing at random; gated where payloads are promised to stay as they are."""
    if before.payloads is None or before.payloads.sha256 is None or before.stochastic:
        return []
    alike = after.payloads is not None and after.payloads.sizes.keys() == before.payloads.sizes.keys()
    now = after.payloads.sha256 if after.payloads and alike else None
    place = before.place
    gated = bool({place.codec, place.spec} & set(promised))
    other: ExactVerdict = "worse" if gated else "changed"
    verdict: ExactVerdict = "cannot tell" if now is None else "same" if now == before.payloads.sha256 else other
    return [Exact(place, "payload_sha256", before.payloads.sha256, now, verdict, gated)]


def _exact(place: Place, name: str, before: float | str, after: float | str | None) -> Exact:
    return Exact(place, name, before, after, _verdict(name, before, after))


def _verdict(name: str, before: float | str, after: float | str | None) -> ExactVerdict:
    if after is None:
        # Without a clear peak in most utterances there is no delay to compare; the metrics show what became of it.
        return "same" if name == "delay_ms" else "cannot tell"
    if isinstance(before, str) or isinstance(after, str):
        if before == after:
            return "same"
        return "better" if before == UTTERANCE else "worse"
    slack = DELAY_SLACK_MS if name == "delay_ms" else 0.0
    if isclose(before, after, rel_tol=1e-6, abs_tol=slack):
        return "same"
    return "worse" if name in ANY_CHANGE or after > before else "better"
