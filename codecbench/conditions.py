"""Under which condition codecs are compared: what of a recording they are given, and what decoded signals are held to.

`wb`: one channel at 16 kHz, whatever the recording is. `fb`: the recording at its own rate, in stereo where the codec
is. `noise:10` and its like: as `wb`, and the codec is given it degraded; decoded signals are held to the clean
recording, or with `noise:10@input` to what the codec was given. Figures of two conditions are never in one table or
mean: a run's folder holds one of them.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache, cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple, TypeAlias

import numpy as np
import scipy

from codecbench.api import Audio, DegradesByCodec
from codecbench.audio import audio_hash, source_signal, to_mono
from codecbench.audio_files import read_audio
from codecbench.errors import UsageError
from codecbench.sending import received

if TYPE_CHECKING:
    from codecbench.api import Codec, CodecCard, ConditionCard, Degradation, OperatingPoint
    from codecbench.plugins import Registered

Condition: TypeAlias = str
"""As the user names it: `wb`, `fb`, or a registered condition with its value."""
WIDE_BAND: Condition = "wb"
FULL_BAND: Condition = "fb"
FULL_BAND_TOLD = "recordings at their own rate and channels"
AGAINST_INPUT = "@input"
"""Ends a condition whose decoded signals are held to what the codec was given."""

BAND_HZ = 500.0
WITHIN_DB = 80.0
"""A band of BAND_HZ that lies so far below the loudest holds nothing but rounding, dither, or a filter's stopband."""
WINDOW = 4096
AUDIBLE_HZ = 20000.0
"""What lies above is asked of no recording: nobody hears it, and converters filter it."""


class ConditionParts(NamedTuple):
    """Of a condition as it is named."""

    name: str
    value: str | None
    against_input: bool


@dataclass(frozen=True)
class DegradedInput:
    """A condition under which codecs are given something else than the recording: a registered one, and its value."""

    name: str
    value: float | None = None
    against_input: bool = False

    @classmethod
    @cache
    def parse(cls, text: str) -> DegradedInput:
        """Raises UsageError for a condition that nobody has registered, or a value that it does not take."""
        from codecbench.plugins import registry

        name, value, at_input = split_condition(text)
        known = registry().conditions
        if name not in known:
            raise UsageError(
                f"--condition '{text}': unknown; known: wb, fb, {', '.join(known)} (codecbench list conditions)"
            )
        return cls(name, _value(text, known[name].card, value), at_input)

    @cached_property
    def _entry(self) -> Registered[ConditionCard]:
        from codecbench.plugins import registry

        return registry().find("conditions", self.name)

    @property
    def card(self) -> ConditionCard:
        return self._entry.card

    @cached_property
    def _degradation(self) -> Degradation:
        """In the process that degrades. Raises TypeError where the plugin does not say how often it uses the codec."""
        made: Degradation = self._entry.factory(self.value)
        if hasattr(made, "degrade_by") and not isinstance(made, DegradesByCodec):
            raise TypeError(f"condition '{self.name}' has degrade_by without codings (codecbench.api.DegradesByCodec)")
        return made

    @property
    def told(self) -> str:
        """What is done, for a reader of figures."""
        value = "" if self.value is None else f" ({short_value(self.value)} {self.card.unit})".replace(" )", ")")
        held = "what the codec was given" if self.against_input else "the clean recording"
        return f"{self.card.description}{value}; decoded signals are held to {held}"

    @cached_property
    def identity(self) -> str:
        """What decides it, for keys: its version, and the source of a plugin that codecbench does not ship."""
        from codecbench.plugins import foreign_source_hash

        return ":".join(part for part in (self.card.version, foreign_source_hash(self._entry)) if part)

    @property
    def codings(self) -> int:
        """How often a codec is used on a recording, the one for the figures included."""
        return self._degradation.codings if isinstance(self._degradation, DegradesByCodec) else 1

    def of(self, clean: Audio) -> Audio:
        """`clean` degraded, the same for every codec. Raises ValueError where the plugin returns no such signal."""
        if not clean.length:
            return clean
        made = self._degradation.degrade(Audio(clean.samples.copy(), clean.sample_rate), self._drawn(clean))
        return _checked(made, clean, self.name)

    def by(self, codec: Codec, card: CodecCard, point: OperatingPoint, audio: Audio) -> Audio:
        """`audio`, as `codec` is given it, after what the condition does with the codec itself; most do nothing.

        Raises ValueError where the plugin returns no such signal.
        """
        if not isinstance(self._degradation, DegradesByCodec) or not audio.length:
            return audio
        return _checked(self._degradation.degrade_by(codec, card, point, audio), audio, self.name)

    def decoded(self, codec: Codec, card: CodecCard, point: OperatingPoint, payload: bytes, clean: Audio) -> Audio:
        """What the codec makes of `payload`, all of it or what arrives: see `codecbench.sending.received`."""
        return received(codec, card, point, payload, self._degradation, self.name, self._drawn(clean))

    def _drawn(self, clean: Audio) -> np.random.Generator:
        """The same for every codec and machine, another for each recording."""
        seed = hashlib.sha256(f"{self.name}:{audio_hash(clean)}".encode()).digest()[:8]
        return np.random.default_rng(int.from_bytes(seed, "big"))


def split_condition(text: Condition) -> ConditionParts:
    """`noise:10@input` as its parts, whatever they are.

    >>> split_condition("noise:10@input"), split_condition("silence")
    (ConditionParts(name='noise', value='10', against_input=True), ConditionParts(name='silence', value=None, \
against_input=False))
    """
    name, colon, value = text.removesuffix(AGAINST_INPUT).partition(":")
    return ConditionParts(name, value if colon else None, text.endswith(AGAINST_INPUT))


def _value(text: str, card: ConditionCard, value: str | None) -> float | None:
    low, high = card.low, card.high
    if not card.takes_value:
        if value is not None:
            raise UsageError(f"--condition '{text}': {card.id} takes no value")
        return None
    ends = f"{low:g} to {high:g}" if low is not None and high is not None else f"from {low}" if high is None else ""
    expected = f"expected {card.id}:NUMBER, {ends} {card.unit}".rstrip()
    try:
        number = float(value or "")
    except ValueError:
        raise UsageError(f"--condition '{text}': {expected}") from None
    if not np.isfinite(number) or (low is not None and number < low) or (high is not None and number > high):
        raise UsageError(f"--condition '{text}': {expected}")
    return number


def _checked(made: object, clean: Audio, name: str) -> Audio:
    what = f"condition '{name}'"
    if not isinstance(made, Audio):
        raise TypeError(f"{what} returned {type(made).__name__}, expected Audio")
    if (made.sample_rate, made.samples.shape) != (clean.sample_rate, clean.samples.shape):
        raise ValueError(
            f"{what} returned {made.channels} channels of {made.length} samples at {made.sample_rate} Hz; it was given "
            f"{clean.channels} of {clean.length} at {clean.sample_rate} Hz, and may change none of that"
        )
    if not np.isfinite(made.samples).all():
        raise ValueError(f"{what} returned NaN or infinite samples")
    return made


def check_condition(text: str) -> Condition:
    """`text` as figures are kept under it: a value in its shortest form. Raises UsageError as `DegradedInput.parse`."""
    if text in (WIDE_BAND, FULL_BAND):
        return text
    one = DegradedInput.parse(text)
    value = "" if one.value is None else f":{short_value(one.value)}"
    return f"{one.name}{value}{AGAINST_INPUT if one.against_input else ''}"


def short_value(value: float) -> str:
    """In its shortest form.

    >>> short_value(10.0), short_value(1e-3), short_value(1e-5)
    ('10', '0.001', '1e-5')
    """
    return f"{value:g}".replace("e-0", "e-")


def condition_of(meta: Mapping[str, Any]) -> Condition:
    """The condition of a run, by its meta; a folder of before there were any is of `wb`."""
    return str(meta.get("condition") or WIDE_BAND)


def unit_of(condition: Condition) -> str:
    """Of its value; empty where it has none."""
    return "" if condition in (WIDE_BAND, FULL_BAND) else DegradedInput.parse(condition).card.unit


def told_of(condition: Condition) -> str | None:
    """What a condition does, for a reader; None for `wb`, which goes without saying."""
    if condition == WIDE_BAND:
        return None
    return FULL_BAND_TOLD if condition == FULL_BAND else DegradedInput.parse(condition).told


def band_of(condition: Condition) -> str:
    """`fb`, or `wb` for every other: which form of a metric has figures under it."""
    return FULL_BAND if condition == FULL_BAND else WIDE_BAND


@dataclass(frozen=True)
class SourceRecording:
    """A file under a condition: what codecs are given of it, and what decoded signals are held to."""

    path: Path
    condition: Condition = WIDE_BAND

    def signal(self) -> Audio:
        """What decoded signals are held to, [channels, samples].

        Raises UnusableAudio: see `codecbench.audio.source_signal`.
        """
        degraded = self._degraded
        return self.given() if degraded is not None and degraded.against_input else self._clean()

    def given(self) -> Audio:
        """What a codec is given, [channels, samples]. Raises UnusableAudio, and ValueError as a condition's plugin."""
        clean, degraded = self._clean(), self._degraded
        return clean if degraded is None else degraded.of(clean)

    def given_to(self, codec: Codec, card: CodecCard, point: OperatingPoint, audio: Audio) -> Audio:
        """`audio`, which is `given` at the codec's rate and channels, after what the condition does with the codec."""
        degraded = self._degraded
        return audio if degraded is None else degraded.by(codec, card, point, audio)

    def decoded_by(self, codec: Codec, card: CodecCard, point: OperatingPoint, payload: bytes) -> Audio:
        """What the codec makes of what arrives of `payload`. Raises as it, and as `codecbench.sending.received`."""
        degraded = self._degraded
        if degraded is None:
            return codec.decode(payload, point)
        return degraded.decoded(codec, card, point, payload, self._clean())

    @property
    def codings(self) -> int:
        """How often the codec is used on it: so many times its delay may be found."""
        degraded = self._degraded
        return 1 if degraded is None else degraded.codings

    def _clean(self) -> Audio:
        return read_audio(self.path) if self.condition == FULL_BAND else source_signal(self.path)

    @property
    def _degraded(self) -> DegradedInput | None:
        return None if self.condition in (WIDE_BAND, FULL_BAND) else DegradedInput.parse(self.condition)


def reference_for(signal: Audio, channels: int) -> Audio:
    """What a decoded signal of `channels` is compared with: all channels where it has as many, else their mean."""
    return signal if signal.channels == channels else to_mono(signal)


def bandwidth_hz(signal: Audio) -> float:
    """Upper edge of the highest band of 500 Hz that lies within 80 dB of the loudest; 0 of silence.

    By Welch's periodogram (Hann windows of 4096 samples, half overlapping), the mean over the channels.
    """
    size = min(WINDOW, signal.length)
    if size < 2 or not signal.samples.any():
        return 0.0
    samples = signal.samples.astype(np.float64)
    frequencies, density = scipy.signal.welch(samples, signal.sample_rate, nperseg=size)  # [channels, bins]
    edges = np.arange(0.0, signal.sample_rate / 2, BAND_HZ)
    power = density.mean(axis=0)
    levels = np.array([power[(frequencies >= edge) & (frequencies < edge + BAND_HZ)].sum() for edge in edges])
    heard = np.nonzero(levels > levels.max() * 10 ** (-WITHIN_DB / 10))[0]
    return float(min(edges[heard[-1]] + BAND_HZ, signal.sample_rate / 2))


def narrow(bandwidth: float, sample_rate: int) -> str | None:
    """Why a recording of `bandwidth` Hz says nothing of a codec at `sample_rate`; None where it does.

    It has to reach the codec's Nyquist frequency, or 20 kHz, to within one band.
    """
    wanted = min(sample_rate / 2, AUDIBLE_HZ)
    if bandwidth >= wanted - BAND_HZ:
        return None
    return (
        f"condition fb: the recording reaches {bandwidth / 1000:g} kHz, the codec codes up to "
        f"{sample_rate / 2000:g} kHz: nothing up there could be lost"
    )
