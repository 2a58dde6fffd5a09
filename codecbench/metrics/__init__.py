"""The built-in quality metrics, registered through the hook that an outsider's metrics use."""

from __future__ import annotations

from typing import TYPE_CHECKING

from codecbench.api import hookimpl
from codecbench.metrics import (
    audit,
    confirmed,
    correlation,
    drift,
    edges,
    elsewhere,
    fullband,
    hallucination,
    level,
    mcd,
    mos,
    pairs,
    pesq,
    phonemes,
    pitch,
    recognition,
    si_sdr,
    silence,
    speaker,
    spectral,
    stoi,
    visqol,
)

if TYPE_CHECKING:
    from codecbench.hookspecs import RegisterGroup, RegisterMetric


@hookimpl
def codecbench_register_metrics(register: RegisterMetric, register_group: RegisterGroup) -> None:
    register(pesq.WB_CARD, lambda: pesq.Pesq(pesq.WB_CARD))
    register(pesq.NB_CARD, lambda: pesq.Pesq(pesq.NB_CARD))
    register_group(stoi.CARDS, stoi.Stoi)
    register(si_sdr.CARD, si_sdr.SiSdr)
    register(correlation.CARD, correlation.Correlation)
    register_group(spectral.CARDS, spectral.SpectralDistances)
    register_group(fullband.CARDS, fullband.FullBand)
    register(speaker.CARD, speaker.SpeakerSimilarity)
    register(speaker.WAVLM_CARD, speaker.wavlm_similarity)
    register(speaker.ECAPA_CARD, speaker.ecapa_similarity)
    register(recognition.WER_CARD, lambda: recognition.ErrorRate("words"))
    register(recognition.CER_CARD, lambda: recognition.ErrorRate("characters"))
    register(recognition.DELTA_WER_CARD, recognition.DeltaWer)
    register(recognition.DWER_CARD, recognition.Dwer)
    register(recognition.LOOP_CARD, recognition.LoopRate)
    register(phonemes.CARD, phonemes.Dper)
    register(pairs.CARD, pairs.FlipRate, check=pairs.check_pairs)
    register(silence.CARD, silence.SpeechInSilence)
    register_group(hallucination.CARDS, hallucination.WordChanges)
    register(audit.CARD, audit.WordAudit)
    register(confirmed.CARD, confirmed.ConfirmedWer)
    register(level.DELAY_CARD, level.RemainingDelay)
    register(level.LEVEL_CARD, level.LevelError)
    register(mos.distill.CARD, mos.distill.PredictedQuality)
    register_group(mos.dnsmos.CARDS, mos.dnsmos.DnsMos)
    register_group(pitch.CARDS, pitch.PitchErrors)
    register(pitch.RANGE_CARD, pitch.PitchRange)
    register(mcd.CARD, mcd.MelCepstralDistortion)
    register_group(edges.CARDS, edges.Edges)
    register(drift.CARD, drift.Drift)
    for card in elsewhere.CARDS:
        register(card)
    register(visqol.SPEECH_CARD, lambda: visqol.Visqol("speech"))
    register(visqol.AUDIO_CARD, lambda: visqol.Visqol("audio"))
