"""What a condition does to a recording: before a codec, on the way, after it."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass, replace
from functools import cache, cached_property
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from codecbench.api import AddsDelay, Audio, DegradesByCodec, DegradesDecoded
from codecbench.audio import audio_hash
from codecbench.condition_names import AGAINST_INPUT, read_value, short_value, split_condition, split_label
from codecbench.errors import Unavailable, UsageError
from codecbench.noise_folders import NoiseFolder
from codecbench.sending import received

if TYPE_CHECKING:
    from codecbench.api import Codec, CodecCard, ConditionCard, Degradation, OperatingPoint
    from codecbench.plugins import Registered


@dataclass(frozen=True)
class DegradedInput:
    """A condition under which codecs are given something else than the recording: a registered one, and its value."""

    name: str
    value: float | str | None = None
    against_input: bool = False
    label: str = ""
    """Of the recordings in `noise`."""
    noise: Path | None = None
    """The user's folder of recordings."""

    @classmethod
    @cache
    def parse(cls, text: str, noise: Path | None = None) -> DegradedInput:
        """`text` as it is kept. Raises UsageError for a condition that nobody has registered, or a value or recordings
        that it does not take.
        """
        from codecbench.plugins import registry

        labelled, value, at_input = split_condition(text)
        name, label = split_label(labelled)
        known = registry().conditions
        if name not in known:
            raise UsageError(
                f"--condition '{text}': unknown; known: wb, fb, {', '.join(known)} (codecbench list conditions)"
            )
        if noise is not None and not known[name].card.takes_recordings:
            takers = ", ".join(each for each, entry in known.items() if entry.card.takes_recordings)
            raise UsageError(f"--noise: condition {name} takes no recordings; these do: {takers}")
        if label and noise is None:
            raise UsageError(f"--condition '{text}': its recordings are given by --noise FOLDER")
        one = cls(name, read_value(text, known[name].card, value), at_input, label, noise)
        return one._as_kept(text) if known[name].card.text else one

    def _as_kept(self, text: str) -> DegradedInput:
        """With a value that is text in its one form."""
        try:
            made = self._degradation
        except UsageError as error:
            raise UsageError(f"--condition '{text}': {error}") from error
        value = getattr(
            made, "value", None
        )  # isinstance would ask for the identity too, of weights that may not be here
        if not isinstance(value, str):
            raise UsageError(f"--condition '{text}': its plugin says no value (codecbench.api.ValuedByText)")
        return replace(self, value=value)

    def __str__(self) -> str:
        """As figures are kept under it."""
        value = "" if self.value is None else f":{short_value(self.value)}"
        label = f"({self.label})" if self.label else ""
        return f"{self.name}{label}{value}{AGAINST_INPUT if self.against_input else ''}"

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
        files = () if self.noise is None else (NoiseFolder(self.noise).files,)
        made: Degradation = self._entry.factory(self.value, *files)
        if hasattr(made, "degrade_by") and not isinstance(made, DegradesByCodec):
            raise TypeError(f"condition '{self.name}' has degrade_by without codings (codecbench.api.DegradesByCodec)")
        return made

    @property
    def told(self) -> str:
        """What is done, for a reader of figures."""
        value = "" if self.value is None else f" ({short_value(self.value)} {self.card.unit})".replace(" )", ")")
        held = "what the codec was given" if self.against_input else "the clean recording"
        noise = f", here the recordings in '{self.label}'" if self.label else ""
        return f"{self.card.description}{value}{noise}; decoded signals are held to {held}"

    @cached_property
    def identity(self) -> str:
        """What decides it, for keys: its version, the source of a plugin that codecbench does not ship, and what a
        value that is text stands for. Raises UsageError where that is not on this machine.
        """
        from codecbench.plugins import foreign_source_hash

        try:
            named = str(getattr(self._degradation, "identity", "")) if self.card.text else ""
        except Unavailable as error:
            raise UsageError(f"--condition '{self}': {error}") from error
        files = "" if self.noise is None else NoiseFolder(self.noise).digest
        parts = (self.card.version, foreign_source_hash(self._entry), named, files)
        return ":".join(part for part in parts if part)

    @property
    def codings(self) -> int:
        """How often a codec is used on a recording, the one for the figures included."""
        return self._degradation.codings if isinstance(self._degradation, DegradesByCodec) else 1

    @property
    def delay_s(self) -> float:
        """Seconds by which what it does to signals may delay them, the codec apart."""
        return self._degradation.delay_s if isinstance(self._degradation, AddsDelay) else 0.0

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

    def after(self, decoded: Audio) -> Audio:
        """A decoded signal, after what is done to those; most do nothing. Raises ValueError as `of`."""
        if not isinstance(self._degradation, DegradesDecoded) or not decoded.length:
            return decoded
        copy = Audio(decoded.samples.copy(), decoded.sample_rate)
        return _checked(self._degradation.degrade_decoded(copy), decoded, self.name)

    def _drawn(self, clean: Audio) -> np.random.Generator:
        """The same for every codec and machine, another for each recording."""
        seed = hashlib.sha256(f"{self.name}:{audio_hash(clean)}".encode()).digest()[:8]
        return np.random.default_rng(int.from_bytes(seed, "big"))


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
