"""What similarity of voices has to be held against, of each speaker model."""

from __future__ import annotations

from collections.abc import Collection

from codecbench.analysis.speaker_pairs import SIMILARITY
from codecbench.analysis.summary import Summary
from codecbench.printing.figures import Style

ERRORS = Style(100.0, 1, "%")


def speaker_notes(summary: Summary, shown: Collection[str]) -> list[str]:
    """Of the metrics that are shown; none where no speaker model is among them."""
    return [note for note in (_bands(summary, shown), _thresholds(summary, shown)) if note]


def _bands(summary: Summary, shown: Collection[str]) -> str:
    """What speaker similarity is held against: strangers do not score 0, nor a speaker's own other recordings 1."""
    if SIMILARITY not in shown or SIMILARITY not in summary.metrics:
        return ""
    facts, bands = summary.metrics[SIMILARITY], summary.speaker_bands
    what = f"{facts.long_title[:1].upper()}{facts.long_title[1:]} between these originals"
    if bands.same is None or bands.different is None:
        return f"{what}: not known ({bands.reason})."
    style = Style.of(facts)
    same, others = (f"{style.number(band.low)} to {style.number(band.high)}" for band in (bands.same, bands.different))
    return f"{what}: same speaker {same}, other speakers {others} (98 % of pairs)."


def _thresholds(summary: Summary, shown: Collection[str]) -> str:
    """`Equal-error threshold between the speakers of these originals: speaker (GE2E) 0.831 (2.1 % errors).`"""
    told = []
    for name, model in summary.speaker_thresholds.items():
        if name not in shown:
            continue
        facts, found = summary.metrics[name], model.threshold
        if found is None:
            told.append(f"{facts.title} not known ({model.reason})")
        else:
            errors = ERRORS.number(found.equal_error_rate)
            told.append(f"{facts.title} {Style.of(facts).number(found.similarity)} ({errors} % errors)")
    if not told:
        return ""
    scales = " Each model has a scale of its own: figures of two do not compare." if len(told) > 1 else ""
    return f"Equal-error threshold between the speakers of these originals: {', '.join(told)}.{scales}"
