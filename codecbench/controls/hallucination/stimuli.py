"""What the controls measure: which signal stands in for the decoded of which utterance."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from functools import partial
from typing import TypeVar

from codecbench.api import Audio, Utterance
from codecbench.audio import fit_length, source_signal
from codecbench.controls.hallucination.measuring import Stimulus

SWAP = "another utterance"
FLIP = "rival reading"
FLIP_CODED = "rival reading in Opus 6k"
PAIR_CODED = "its own reading in Opus 6k"

ItemT = TypeVar("ItemT")


def spread(items: Sequence[ItemT], limit: int | None) -> list[ItemT]:
    """At most `limit` of `items`, evenly spread."""
    if limit is None or limit >= len(items):
        return list(items)
    return [items[n * len(items) // limit] for n in range(limit)]


def blur_stimuli(
    utterances: Sequence[Utterance], changes: Mapping[str, Callable[[Audio], Audio]]
) -> Iterator[Stimulus]:
    """Every change of every utterance."""
    for utterance in utterances:
        for name, change in changes.items():
            yield Stimulus(utterance, name, partial(source_signal, utterance.recording_path), change)


def swap_stimuli(utterances: Sequence[Utterance]) -> Iterator[Stimulus]:
    """Planted words: the same speaker's utterance nearest in length, cut or padded to it; a lone speaker has none.

    The words that must go missing or be added where lengths differ are no hallucination's: the control looks at
    substitutions and insertions.
    """
    for utterance in utterances:
        others = [other for other in utterances if other.speaker == utterance.speaker and other.id != utterance.id]
        if others and utterance.speaker:
            yield Stimulus(utterance, SWAP, partial(source_signal, utterance.recording_path), partial(_swapped, others))


def pair_stimuli(
    readings: Sequence[Utterance], coder: Callable[[Audio], Audio], limit: int | None
) -> Iterator[Stimulus]:
    """Planted words: for the target reading the rival's by the same voice, both also through `coder`."""
    place = {(u.extra["pair"], u.extra["reading"], u.speaker): u for u in readings}
    targets = [u for u in readings if u.extra["reading"] == "target" and (u.extra["pair"], "rival", u.speaker) in place]
    for target in spread(targets, limit):
        rival = place[target.extra["pair"], "rival", target.speaker]
        original = partial(source_signal, target.recording_path)
        yield Stimulus(target, FLIP, original, partial(_instead, rival))
        yield Stimulus(target, FLIP_CODED, original, partial(_instead_coded, rival, coder))
        yield Stimulus(target, PAIR_CODED, original, coder)


def _swapped(others: Sequence[Utterance], audio: Audio) -> Audio:
    signals = [source_signal(other.recording_path) for other in others]
    return fit_length(min(signals, key=lambda signal: abs(signal.length - audio.length)), audio.length).audio


def _instead(other: Utterance, audio: Audio) -> Audio:  # noqa: ARG001 - nothing of the original is left
    return source_signal(other.recording_path)


def _instead_coded(other: Utterance, coder: Callable[[Audio], Audio], audio: Audio) -> Audio:  # noqa: ARG001
    return coder(source_signal(other.recording_path))
