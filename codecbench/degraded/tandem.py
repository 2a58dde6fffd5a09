"""Tandem coding: another codec before the one under test, or after it, as where two networks meet."""

from __future__ import annotations

from functools import cached_property
from typing import TYPE_CHECKING

import numpy as np

from codecbench.api import Audio, Codec, CodecCard, CodecOptions, OperatingPoint
from codecbench.audio import fit_length, resample, with_channels
from codecbench.bitrates import points_at
from codecbench.digests import digest
from codecbench.errors import UsageError

if TYPE_CHECKING:
    from codecbench.plugins import Registered

FORM = "CODEC@KBPS"


class OtherCodec:
    """`opus@12`, `vocodec:reference@6`: a codec, and one of its operating points by bitrate or name; on the CPU.

    What its output lacks at the end is silence, what is too much is cut. Its delay stays: what follows it is later.
    """

    def __init__(self, text: str) -> None:
        """Raises UsageError where it names none, or one that cannot be used so."""
        from codecbench.plugins import registry

        name, at, label = text.rpartition("@")
        if not at or not name or not label:
            raise UsageError(f"expected {FORM}, for example opus@12")
        self._entry: Registered[CodecCard] = registry().codec(name)
        card = self.card = self._entry.card
        if card.environment is not None:
            raise UsageError(f"{card.spec} runs in an environment of its own; choose another codec")
        if card.stochastic:
            raise UsageError(f"{card.spec} draws at random: it is not the same for every codec; choose another")
        self.point = _point(card, label)
        self._is_default = registry().codec(card.name).card.spec == card.spec

    @property
    def value(self) -> str:
        """See `codecbench.api.ValuedByText`."""
        return f"{self.card.name if self._is_default else self.card.spec}@{self.point.label}"

    @property
    def identity(self) -> str:
        """See `codecbench.api.ValuedByText`: of the codec all that is in the keys of its own codings."""
        from codecbench.plugins import source_hash
        from codecbench.weights import identity, resolve

        card, weights = self.card, resolve(self.card)
        source = source_hash(self._entry.factory, (self._entry.module, *card.sources))
        held = identity(card, weights) if weights else None
        return digest(card.spec, card.version, held, source, self.point.label, dict(self.point.settings))

    @property
    def delay_s(self) -> float:
        """See `codecbench.api.AddsDelay`: a frame and the look-ahead."""
        return (self.card.frame_at(self.point) + self.card.lookahead_at(self.point)) / self.card.sample_rate

    def turned(self, audio: Audio) -> Audio:
        """`audio` coded and decoded, at its own rate, channels and length."""
        card = self.card
        heard = with_channels(resample(audio, card.sample_rate), card.channels)
        decoded = self._codec.decode(self._codec.encode(heard, self.point), self.point)
        back = with_channels(resample(decoded, audio.sample_rate), audio.channels)
        return fit_length(back, audio.length).audio

    @cached_property
    def _codec(self) -> Codec:
        """In the process that uses it. Raises Unavailable where it cannot run here."""
        from codecbench.weights import resolve

        codec: Codec = self._entry.factory(CodecOptions.of(self.card, resolve(self.card)))
        return codec


class Before(OtherCodec):
    """The codec under test is given what the other one has decoded."""

    def degrade(self, audio: Audio, g: np.random.Generator) -> Audio:
        del g
        return self.turned(audio)


class After(OtherCodec):
    """What the codec under test has decoded goes through the other one."""

    def degrade(self, audio: Audio, g: np.random.Generator) -> Audio:
        del g
        return audio

    def degrade_decoded(self, decoded: Audio) -> Audio:
        return self.turned(decoded)


def _point(card: CodecCard, label: str) -> OperatingPoint:
    """Raises UsageError where `card` has none of that bitrate or name, or several."""
    try:
        found = points_at(card.points, label)
    except UsageError:
        found = ()
    if len(found) != 1:
        has = ", ".join(point.label for point in card.rising_points)
        raise UsageError(f"{card.spec} has {'several points' if found else 'no point'} at {label}; it has {has}")
    return found[0]
