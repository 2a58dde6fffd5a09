"""Phrases that tables, gate and report share: differences, counts, who speaks, events that are rare."""

from __future__ import annotations

from math import isfinite

from codecbench.analysis.clusters import VoiceCount
from codecbench.printing.figures import UNKNOWN, Style, significant


def small(style: Style, value: float | None) -> str:
    """Two significant digits in the metric's printed unit.

    >>> small(Style(1.0, 2, "MOS"), 0.01234), small(Style(100.0, 1, "%"), -0.0251), small(Style(1.0, 2, ""), None)
    ('0.012', '-2.5', '–')
    """
    if value is None or not isfinite(value):
        return UNKNOWN
    return significant(value * style.factor, 2)


def signed(style: Style, value: float | None) -> str:
    """With its sign."""
    text = small(style, value)
    return text if value is None or text.startswith(("-", UNKNOWN)) or value == 0 else f"+{text}"


def percent(share: float | None) -> str:
    return UNKNOWN if share is None else f"{100 * share:.0f} %"


def count(number: int, noun: str) -> str:
    """`1 utterance`, `2 utterances`."""
    return f"{number} {noun}{'' if number == 1 else 's'}"


def voices_text(voices: VoiceCount, synthesizer: str = "") -> str:
    """Who was heard, and how many of them tell something of their own.

    >>> voices_text(VoiceCount(20, 13)), voices_text(VoiceCount(1, 1)), voices_text(VoiceCount(8, 8), "Kokoro-82M")
    ('20 speakers in 13 independent clusters', '1 speaker', '8 voices of one synthesizer')
    """
    if synthesizer:
        return f"{count(voices.speakers, 'voice')} of one synthesizer"
    apart = voices.clusters == voices.speakers
    return count(voices.speakers, "speaker") + ("" if apart else f" in {count(voices.clusters, 'independent cluster')}")


def events_text(events: float) -> str:
    """`2 events`; of several seeds the mean, which need not be whole."""
    return f"{events:.3g} event{'' if events == 1 else 's'}"
