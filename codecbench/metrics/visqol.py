"""ViSQOL v3 (Chinen et al., QoMEX 2020; Hines et al., 2015) by the package `visqol-python`: its speech and audio modes.

Speech mode maps similarity to MOS by a lattice network, which needs ai-edge-litert. Without it the package goes on with
another mapping, by which noise at 20 dB scores 3.7 in place of 1.2: refused here. Audio mode maps by a support vector
regression that was trained on music at 48 kHz; signals are resampled (soxr VHQ) to it. In condition wb they come from
16 kHz, so that nothing of a figure is about what lies above 8 kHz; in condition fb they have their whole band, and
channels are mixed, as ViSQOL's own program does. Both modes align the decoded signal themselves, patch by patch.
"""

from __future__ import annotations

from dataclasses import replace
from typing import Any, Literal

from codecbench.api import Abstain, Audio, MetricCard, Sample, Score, Unavailable
from codecbench.audio import resample
from codecbench.metrics.packaged import model_id
from codecbench.metrics.pair import RATE, PairMetric, Signal, checked_pair, mixed_pair

Mode = Literal["speech", "audio"]
AUDIO_RATE = 48000
SHORTEST_S = 1.0
"""Its patches last 0.4 s (speech) and 0.6 s (audio), and their neighbourhood is searched. Our choice."""


def _card(mode: Mode, title: str, mapper: str, description: str) -> MetricCard:
    return MetricCard(
        id=f"visqol_{mode}",
        title=title,
        version="1",
        description=description,
        unit="MOS",
        higher_is_better=True,
        low=1.0,
        high=5.0,
        sample_rate=RATE if mode == "speech" else AUDIO_RATE,
        parameters={"mapper": mapper, "package": model_id("visqol", "visqol-python"), "shortest_s": SHORTEST_S},
        on_request=True,
    )


_WHAT = "Predicted MOS-LQO by similarity of spectrograms (ViSQOL v3, {})."
SPEECH_CARD = _card("speech", "ViSQOL", "lattice", _WHAT.format("speech mode, 16 kHz"))
AUDIO_CARD = replace(
    _card(
        "audio",
        "ViSQOL audio",
        "libsvm_nu_svr",
        _WHAT.format("audio mode, at 48 kHz; in condition wb of the band to 8 kHz, in fb of all of it, channels mixed"),
    ),
    band=(0.0, 24000.0),
    conditions=("wb", "fb"),
)


class Visqol(PairMetric):
    """One mode. Raises Unavailable without visqol-python, and in speech mode without its lattice mapper."""

    def __init__(self, mode: Mode) -> None:
        self._mode, self._rate = mode, RATE if mode == "speech" else AUDIO_RATE
        self._visqol = _load(mode)

    def score(self, sample: Sample) -> Score:
        pair = checked_pair(sample) if self._mode == "speech" else mixed_pair(sample)
        pair.require_seconds(SHORTEST_S)
        pair.require_sound()
        try:
            found = self._visqol.measure_from_arrays(
                self._at_rate(pair.reference, pair.rate), self._at_rate(pair.decoded, pair.rate), self._rate
            )
        except IndexError as error:  # the package indexes the patches that its voice activity detector left: none
            raise Abstain("ViSQOL finds no active patch in the original") from error
        return Score(float(found.moslqo), detail={"vnsim": float(found.vnsim), "patches": len(found.patch_sims)})

    def _at_rate(self, signal: Signal, rate: int) -> Signal:
        if self._rate == rate:
            return signal
        resampled: Signal = resample(Audio.mono(signal, rate), self._rate).samples[0].astype(float)
        return resampled


def _load(mode: Mode) -> Any:
    install = "pip install 'codecbench[visqol]'"
    try:
        from visqol.api import VisqolApi
    except ImportError as error:
        raise Unavailable(f"ViSQOL needs the package visqol-python ({error}): {install}") from error
    api = VisqolApi()
    try:
        api.create(mode=mode, use_lattice_model=True if mode == "speech" else None)
    except ImportError as error:
        raise Unavailable(
            f"ViSQOL's {mode} mode needs its own mapper ({error}); another one gives other figures: {install}"
        ) from error
    return api
