"""Which learning rate a codec goes on with: chosen by the validation speakers, who are used for nothing else.

Each codec gets the quarter budget at the highest of the same three rates, then at the next lower one, as long as that
ends better: averaged weights, ESTOI (mean over operating points). A short search takes low rates, for they disturb the
start least, but then learn too little: so where a higher rate was close to the best, both get half of the budget, and
the better one there goes on.
"""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from statistics import fmean
from typing import Any

from codecbench.errors import UsageError
from recipes.training.job import FACTS, read_facts
from recipes.training.schedule import BUDGETS, RATES

TRIED, DECIDED = tuple(BUDGETS)[:2]
"""The budget that every rate gets, and the one that decides between those that are close after it."""
CLOSE = 0.02
"""Of ESTOI: a higher rate that is as close as this to the best is tried for longer."""
DIVERGED = "diverged.txt"
"""Where a training's loss was not finite: what the trainer said of it."""


def chosen_rate(out: Path, codec: str) -> float | None:
    """The best of the rates that are left, by the budget that decides between them; None while that is not known.

    Raises UsageError where all rates diverged.
    """
    rates = rates_left(out, codec)
    if rates is None or len(rates) == 1:
        return rates[0] if rates else None
    scores = [_score(rate_folder(out, codec, rate, 0), DECIDED) for rate in rates]
    known = [score for score in scores if score is not None]
    return rates[known.index(max(known))] if len(known) == len(rates) else None


def rates_left(out: Path, codec: str) -> list[float] | None:
    """The rate whose quarter budget ended best, after the higher ones that were close; None while a lower one may win.

    A rate below one that was worse than its upper neighbour is not tried: the score is taken to have one summit. One
    that diverged is never best.

    Raises UsageError where all of them diverged.
    """
    rates: dict[float, float] = {}
    for rate in RATES:
        place = rate_folder(out, codec, rate, 0)
        if (place / DIVERGED).is_file():
            continue
        score = _score(place, TRIED)
        if score is None:
            return None
        if rates and score <= max(rates.values()):
            break
        rates[rate] = score
    if not rates:
        raise UsageError(f"{codec}: training diverged at every rate ({', '.join(f'{rate:g}' for rate in RATES)})")
    return [rate for rate, score in rates.items() if score >= max(rates.values()) - CLOSE]


def _score(place: Path, budget: str) -> float | None:
    """None where that training has not ended."""
    return mean_estoi(read_facts(place / budget)) if (place / budget / FACTS).is_file() else None


def rate_folder(out: Path, codec: str, rate: float, seed: int) -> Path:
    return out / codec / f"rate-{rate:g}-seed-{seed}"


def mean_estoi(facts: Mapping[str, Any]) -> float:
    """Of the validation speakers, over operating points."""
    return fmean(terms["estoi"] for terms in facts["validation"].values())
