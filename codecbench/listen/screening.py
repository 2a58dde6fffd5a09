"""Post-screening of listeners, as ITU-R BS.1534-3 (2015), section 4.1.2, asks for."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass

from codecbench.listen.answers import Answer
from codecbench.listen.design import MID_ANCHOR_HZ

LIKE_REFERENCE = 90.0
SHARE = 0.15
"""Of a listener's trials, in which the hidden reference may be rated lower, and the mid-range anchor higher."""


@dataclass(frozen=True)
class Screened:
    """A listener whose answers are left out, and why."""

    listener: str
    reason: str


@dataclass(frozen=True)
class ScreenedAnswers:
    """The answers that count, and whose do not."""

    answers: tuple[Answer, ...]
    screened: tuple[Screened, ...]

    @property
    def listeners(self) -> tuple[str, ...]:
        return tuple(dict.fromkeys(answer.listener for answer in self.answers))


def screen(answers: Sequence[Answer]) -> ScreenedAnswers:
    """Leave out who rates the hidden reference below 90 in more than 15 % of the trials, or the 7 kHz anchor above it.

    What decides are a listener's own answers alone: no one is left out for disagreeing with others.
    """
    screened = []
    for listener in dict.fromkeys(answer.listener for answer in answers):
        mine = [answer for answer in answers if answer.listener == listener]
        if reason := _reason(mine):
            screened.append(Screened(listener, reason))
    out = {one.listener for one in screened}
    return ScreenedAnswers(tuple(answer for answer in answers if answer.listener not in out), tuple(screened))


def _reason(answers: Sequence[Answer]) -> str:
    hidden = [answer for answer in answers if answer.stimulus is None]
    middle = [answer for answer in answers if answer.stimulus and answer.stimulus.hertz == MID_ANCHOR_HZ]
    low = _count(hidden, lambda value: value < LIKE_REFERENCE)
    high = _count(middle, lambda value: value > LIKE_REFERENCE)
    if low > SHARE * len(hidden):
        return f"rates the hidden reference below {LIKE_REFERENCE:g} in {low} of {len(hidden)} trials"
    if high > SHARE * len(middle):
        return f"rates the 7 kHz anchor above {LIKE_REFERENCE:g} in {high} of {len(middle)} trials"
    return ""


def _count(answers: Iterable[Answer], odd: Callable[[float], bool]) -> int:
    return sum(odd(answer.value) for answer in answers)
