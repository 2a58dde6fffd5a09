"""The controls' figures, each with its interval, its target and how many words it rests on."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from codecbench.analysis.bootstrap import estimate
from codecbench.analysis.proportions import exact_proportion
from codecbench.controls.degradations import TRANSPARENT
from codecbench.controls.hallucination.measuring import Measured
from codecbench.controls.hallucination.splices import CUT, SPLICE, Planted
from codecbench.controls.hallucination.stimuli import FLIP, FLIP_CODED, PAIR_CODED, SWAP
from codecbench.metrics.hallucination.calibration import VerdictCalibration
from codecbench.metrics.hallucination.verdict import Evidence

DRAWS = 1000
MARGIN = "margin"
SEED = 20240229
SWAPPED, FLIPPED = f"planted word ({SWAP})", f"planted word ({FLIP})"
SPLICED = f"planted word ({SPLICE})"
NOT_BLURS = (SWAP, FLIP, FLIP_CODED, PAIR_CODED, SPLICE, CUT, *TRANSPARENT)
NOISES = ("noise 10 dB", "noise 0 dB")
"""What splices are told from, utterance by utterance."""

Rivals = Mapping[str, tuple[str, str]]
"""The word and its rival, normalized, by the id of the target reading."""


@dataclass(frozen=True)
class ControlFigure:
    """One line: what, on which condition, the value with its 95 % interval, of how many words, the target.

    `value` is None where there was nothing to take it of.
    """

    control: str
    condition: str
    value: float | None
    low: float | None
    high: float | None
    words: int
    target: str = ""


class Controls:
    """Figures of what was measured, by one calibration."""

    def __init__(
        self, measured: Sequence[Measured], calibration: VerdictCalibration, rivals: Rivals,
        planted: Mapping[str, Sequence[Planted]] | None = None,
    ) -> None:  # fmt: skip
        self._by: dict[str, list[Measured]] = {}
        for row in measured:
            self._by.setdefault(row.condition, []).append(row)
        self._calibration = calibration
        self._rivals = rivals
        self._planted = planted or {}

    def figures(self) -> list[ControlFigure]:
        """All that the conditions measured allow."""
        blurs = [name for name in self._by if name not in NOT_BLURS]
        figures = [ratio("E per word", name, self._by[name], errors_of, words_of) for name in blurs]
        figures += [
            ratio("hallucinated share of E", name, rows, self._hallucinated, errors_of, "≤ 0.25; probe ≤ 0.30")
            for name, rows in ((name, self._by[name]) for name in blurs)
            if any(row.errors for row in rows)
        ]
        figures += [self._floor(name) for name in TRANSPARENT if name in self._by]
        blurred = [row for name in blurs for row in self._by[name]]
        if SWAP in self._by:
            found = ratio(f"{SWAPPED}: found, of S + I", SWAP, self._by[SWAP], self._hallucinated, _heard, "≥ 0.80")
            figures += [
                found,
                area(f"{SWAPPED} against blurs: AUC", MARGIN, self._by[SWAP], blurred, _margins, _margins, "≥ 0.90"),
            ]
        if FLIP in self._by:
            figures += self._pairs(blurred)
        return figures + (self._splices() if SPLICE in self._by else [])

    def _pairs(self, blurred: Sequence[Measured]) -> list[ControlFigure]:
        flips, coded, own = self._by[FLIP], self._by.get(FLIP_CODED, []), self._by.get(PAIR_CODED, [])
        screened = [row for row in flips if self._flip(row)]
        found = sum(self._found(row) for row in screened)
        accused = sum(self._hallucinated(row) for row in screened)
        blamed = sum(self._hallucinated(row) for row in blurred)
        figures = [
            _binomial(f"{FLIPPED}: pairs that pass the screen", FLIP, len(screened), len(flips), "≥ 60 pairs"),
            _binomial(f"{FLIPPED}: found (recall)", FLIP, found, len(screened), "≥ 0.75"),
            _binomial(f"{FLIPPED}: precision within those files", FLIP, found, accused, "≥ 0.90"),
            _binomial(f"{FLIPPED}: precision, pooled with all blurs", FLIP, found, accused + blamed),
            area(f"{FLIPPED} against blurs: AUC", MARGIN, screened, blurred, self._flip_margins, _margins, "≥ 0.90"),
        ]
        if coded:
            both = {row.utterance for row in screened}
            inside = [row for row in coded if row.utterance in both]
            heard = [row for row in inside if self._flip(row)]
            figures += [
                _binomial(f"{FLIPPED} in Opus 6k: found", FLIP_CODED, sum(map(self._found, inside)), len(inside)),
                ratio("hallucinated share of E", PAIR_CODED, own, self._hallucinated, errors_of),
                area(
                    f"{FLIPPED} in Opus 6k against Opus 6k: AUC",
                    MARGIN,
                    heard,
                    own,
                    self._flip_margins,
                    _margins,
                    "≥ 0.80",
                ),
            ]
        return figures

    def _splices(self) -> list[ControlFigure]:
        """A lower bound of what is found of fluent wrong words: these do not fit their sentences."""
        rows, words = self._by[SPLICE], sum(len(self._planted.get(row.utterance, ())) for row in self._by[SPLICE])
        changed = sum(len(self._at_places(row)) for row in rows)
        found = sum(not error.reason(self._calibration) for row in rows for error in self._at_places(row))
        exact = sum(error.heard in self._donors(row) for row in rows for error in self._at_places(row))
        figures = [
            _binomial(f"{SPLICED}: changed at all", SPLICE, changed, words),
            _binomial(f"{SPLICED}: heard as planted", SPLICE, exact, words),
            _binomial(f"{SPLICED}: found (recall, a lower bound)", SPLICE, found, words),
            ratio("hallucinated share of E", SPLICE, rows, self._hallucinated, errors_of),
            ratio("H-WER", SPLICE, rows, self._hallucinated, words_of),
            ratio("hallucinated share of E", CUT, self._by[CUT], self._hallucinated, errors_of),
        ]
        for name in NOISES:
            if name in self._by:
                noisy = self._by[name]
                figures += [
                    ratio("H-WER", name, noisy, self._hallucinated, words_of),
                    area(f"{SPLICED} against {name}: AUC", "H-WER", rows, noisy, self._rate, self._rate),
                    area(f"{SPLICED} against {name}: AUC", "share", rows, noisy, self._share, self._share),
                ]
        return figures

    def _at_places(self, row: Measured) -> list[Evidence]:
        """Errors of the words that were replaced."""
        places = {one.place.position for one in self._planted.get(row.utterance, ())}
        return [error for error in row.errors if error.operation != "insertion" and error.position in places]

    def _donors(self, row: Measured) -> set[str]:
        return {one.donor.text for one in self._planted.get(row.utterance, ())}

    def _rate(self, row: Measured) -> list[float]:
        return [self._hallucinated(row) / row.words]

    def _share(self, row: Measured) -> list[float]:
        return [self._hallucinated(row) / len(row.errors)] if row.errors else []

    def _floor(self, name: str) -> ControlFigure:
        """A rate near 0 has no bootstrap; words are taken as independent, so the upper bound is a little low."""
        rows = self._by[name]
        found, words = sum(map(self._hallucinated, rows)), sum(map(words_of, rows))
        return _binomial("H-WER: false-alarm floor", name, found, words, "≤ 0.005")

    def _hallucinated(self, row: Measured) -> int:
        return sum(not error.reason(self._calibration) for error in row.errors)

    def _flip(self, row: Measured) -> list[Evidence]:
        """The word's error, if it was read right in the original and as its rival here."""
        pair = self._rivals.get(row.utterance)
        return [error for error in row.errors if (error.reference, error.heard) == pair]

    def _found(self, row: Measured) -> bool:
        return any(not error.reason(self._calibration) for error in self._flip(row))

    def _flip_margins(self, row: Measured) -> list[float]:
        return [error.margin for error in self._flip(row) if error.margin is not None]


def errors_of(row: Measured) -> int:
    return len(row.errors)


def words_of(row: Measured) -> int:
    return row.words


def _heard(row: Measured) -> int:
    return sum(error.heard is not None for error in row.errors)


def _margins(row: Measured) -> list[float]:
    """Of substitutions and insertions."""
    return [e.margin for e in row.errors if e.heard is not None and e.margin is not None]


def ratio(
    control: str, condition: str, rows: Sequence[Measured], top: Callable[[Measured], int],
    bottom: Callable[[Measured], int], target: str = "",
) -> ControlFigure:  # fmt: skip
    """Σ top / Σ bottom, by bootstrap over speakers. Where top is a part of bottom the interval ends at 1."""
    tops, bottoms = [float(top(row)) for row in rows], [float(bottom(row)) for row in rows]
    found = estimate(tops, bottoms, [row.speaker for row in rows])
    low = None if found.low is None else max(0.0, found.low)
    high = found.high if found.high is None or bottom is words_of else min(1.0, found.high)
    return ControlFigure(control, condition, found.value, low, high, round(sum(bottoms)), target)


def _binomial(control: str, condition: str, count: int, of: int, target: str = "") -> ControlFigure:
    """found / of, with Clopper and Pearson's exact interval; None, without an interval, of nothing."""
    if not of:
        return ControlFigure(control, condition, None, None, None, 0, target)
    share = exact_proportion(count, of)
    return ControlFigure(control, condition, share.value, share.low, share.high, of, target)


def area(
    control: str, what: str, planted: Sequence[Measured], blurs: Sequence[Measured],
    of_planted: Callable[[Measured], list[float]], of_blur: Callable[[Measured], list[float]], target: str = "",
) -> ControlFigure:  # fmt: skip
    """The chance that what was planted has the larger value (area under the curve); percentile bootstrap over rows."""
    left = [np.array(values) for row in planted if (values := of_planted(row))]
    right = [np.array(values) for row in blurs if (values := of_blur(row))]
    if not left or not right:
        return ControlFigure(control, what, None, None, None, 0, target)
    random = np.random.default_rng(SEED)
    draws = [_auc(_drawn(left, random), _drawn(right, random)) for _ in range(DRAWS)]
    low, high = np.quantile(draws, (0.025, 0.975))
    words = sum(map(len, left)) + sum(map(len, right))
    return ControlFigure(
        control, what, _auc(np.concatenate(left), np.concatenate(right)), float(low), float(high), words, target
    )


def _drawn(rows: Sequence[NDArray[np.float64]], random: np.random.Generator) -> NDArray[np.float64]:
    return np.concatenate([rows[n] for n in random.integers(0, len(rows), len(rows))])


def _auc(planted: NDArray[np.float64], blurs: NDArray[np.float64]) -> float:
    blurs = np.sort(blurs)
    below, up_to = np.searchsorted(blurs, planted, "left"), np.searchsorted(blurs, planted, "right")
    return float((below + up_to).mean() / 2 / len(blurs))
