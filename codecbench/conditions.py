"""Under which condition codecs are compared: what of a recording they are given, and what decoded signals are held to.

`wb`: one channel at 16 kHz, whatever the recording is. `fb`: the recording at its own rate, in stereo where the codec
is. `noise:10` and its like: as `wb`, and the codec is given it degraded; decoded signals are held to the clean
recording, or with `noise:10@input` to what the codec was given. Figures of two conditions are never in one table or
mean: a run's folder holds one of them.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeAlias

import numpy as np
import scipy

from codecbench.api import Audio
from codecbench.audio import source_signal, to_mono
from codecbench.audio_files import UnusableAudio, read_audio
from codecbench.condition_names import AGAINST_INPUT
from codecbench.degrading import DegradedInput
from codecbench.errors import UsageError
from codecbench.noise_folders import NoiseFolder

if TYPE_CHECKING:
    from codecbench.api import Codec, CodecCard, OperatingPoint

Condition: TypeAlias = str
"""As the user names it: `wb`, `fb`, or a registered condition with its value."""
WIDE_BAND: Condition = "wb"
FULL_BAND: Condition = "fb"
WIDE_BAND_INPUT: Condition = f"{WIDE_BAND}{AGAINST_INPUT}"
"""Of utterances with a reference: decoded signals are held to what codecs are given all the same."""
NOT_DEGRADED = (WIDE_BAND, FULL_BAND, WIDE_BAND_INPUT)
WIDE_BAND_INPUT_TOLD = "decoded signals are held to what the codec was given, not to the dataset's references"
FULL_BAND_TOLD = "recordings at their own rate and channels"

BAND_HZ = 500.0
WITHIN_DB = 80.0
"""A band of BAND_HZ that lies so far below the loudest holds nothing but rounding, dither, or a filter's stopband."""
WINDOW = 4096
AUDIBLE_HZ = 20000.0
"""What lies above is asked of no recording: nobody hears it, and converters filter it."""


def check_condition(text: str, noise: Path | None = None) -> Condition:
    """`text` as figures are kept under it: a value in its shortest form, and with `noise`, the user's folder of
    recordings, what tells these from others.

    Raises UsageError as `DegradedInput.parse`, and where what it names is not on this machine or no audio.
    """
    if text in NOT_DEGRADED:
        if noise is not None:
            raise UsageError(f"--noise: condition {text} takes no recordings; noise:10 does")
        return text
    one = DegradedInput.parse(text, noise)
    if noise is not None:
        folder = NoiseFolder(noise)
        folder.check()
        one = replace(one, label=folder.label)
    one.identity  # noqa: B018
    return str(one)


def condition_of(meta: Mapping[str, Any]) -> Condition:
    """The condition of a run, by its meta; a folder of before there were any is of `wb`."""
    return str(meta.get("condition") or WIDE_BAND)


def unit_of(condition: Condition, noise: Path | None = None) -> str:
    """Of its value; empty where it has none."""
    return "" if condition in NOT_DEGRADED else DegradedInput.parse(condition, noise).card.unit


def told_of(condition: Condition, noise: Path | None = None) -> str | None:
    """What a condition does, for a reader; None for `wb`, which goes without saying."""
    if condition in (WIDE_BAND, WIDE_BAND_INPUT):
        return None if condition == WIDE_BAND else WIDE_BAND_INPUT_TOLD
    return FULL_BAND_TOLD if condition == FULL_BAND else DegradedInput.parse(condition, noise).told


def band_of(condition: Condition) -> str:
    """`fb`, or `wb` for every other: which form of a metric has figures under it."""
    return FULL_BAND if condition == FULL_BAND else WIDE_BAND


@dataclass(frozen=True)
class SourceRecording:
    """A file under a condition: what codecs are given of it, and what decoded signals are held to."""

    path: Path | None
    """None where nobody has a recording, of a payload that was given: it has no `signal`."""
    condition: Condition = WIDE_BAND
    noise: Path | None = None
    """The user's folder of recordings, where the condition takes them."""
    reference: Path | None = None
    """What decoded signals are held to, where that is another recording."""

    def signal(self) -> Audio:
        """What decoded signals are held to, [channels, samples].

        Raises UnusableAudio: see `codecbench.audio.source_signal`; and of a reference that is no other recording of
        the same: its length differs.
        """
        if self.condition.endswith(AGAINST_INPUT):
            return self.given()
        recorded = self._read(self.path)
        if self.reference is None:
            return recorded
        held = self._read(self.reference)
        if (held.sample_rate, held.samples.shape) != (recorded.sample_rate, recorded.samples.shape):
            raise UnusableAudio(
                f"reference '{self.reference}' is {_told(held)}, its recording {_told(recorded)}; they must be of one "
                "length, in condition fb of one rate and number of channels too"
            )
        return held

    def given(self) -> Audio:
        """What a codec is given, [channels, samples]. Raises UnusableAudio, and ValueError as a condition's plugin."""
        recorded, degraded = self._read(self.path), self._degraded
        return recorded if degraded is None else degraded.of(recorded)

    def given_to(self, codec: Codec, card: CodecCard, point: OperatingPoint, audio: Audio) -> Audio:
        """`audio`, which is `given` at the codec's rate and channels, after what the condition does with the codec."""
        degraded = self._degraded
        return audio if degraded is None else degraded.by(codec, card, point, audio)

    def decoded_by(self, codec: Codec, card: CodecCard, point: OperatingPoint, payload: bytes) -> Audio:
        """What the codec makes of what arrives of `payload`. Raises as it, and as `codecbench.sending.received`."""
        degraded = self._degraded
        if degraded is None or self.path is None:
            return codec.decode(payload, point)
        return degraded.decoded(codec, card, point, payload, self._read(self.path))

    def after(self, decoded: Audio) -> Audio:
        """A decoded signal, as the condition leaves it. Raises ValueError as a condition's plugin."""
        degraded = self._degraded
        return decoded if degraded is None else degraded.after(decoded)

    @property
    def delay_s(self) -> float:
        """Seconds by which the condition itself may delay signals: by so much more a codec's delay is looked for."""
        degraded = self._degraded
        return 0.0 if degraded is None else degraded.delay_s

    @property
    def codings(self) -> int:
        """How often the codec is used on it: so many times its delay may be found."""
        degraded = self._degraded
        return 1 if degraded is None else degraded.codings

    def _read(self, path: Path | None) -> Audio:
        assert path is not None, "who asks for a signal has looked whether there is one"
        return read_audio(path) if self.condition == FULL_BAND else source_signal(path)

    @property
    def _degraded(self) -> DegradedInput | None:
        return None if self.condition in NOT_DEGRADED else DegradedInput.parse(self.condition, self.noise)


def _told(audio: Audio) -> str:
    channels = f", {audio.channels} channels" if audio.channels > 1 else ""
    return f"{audio.length} samples at {audio.sample_rate} Hz{channels}"


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


def narrow(bandwidth: float, sample_rate: int, decoded_rate: int) -> str | None:
    """Why a recording of `bandwidth` Hz says nothing of a codec from `sample_rate` to `decoded_rate`; None if it does.

    It has to reach the Nyquist frequency of the higher of both, or 20 kHz, to within one band: what a codec adds above
    its input's band must have something to be held against.
    """
    reach = max(sample_rate, decoded_rate) / 2
    if bandwidth >= min(reach, AUDIBLE_HZ) - BAND_HZ:
        return None
    does, lost = ("codes", "lost") if decoded_rate <= sample_rate else ("puts out", "right or wrong")
    return (
        f"condition fb: the recording reaches {bandwidth / 1000:g} kHz, the codec {does} up to {reach / 1000:g} kHz: "
        f"nothing up there could be {lost}"
    )
