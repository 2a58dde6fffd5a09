from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

import pytest

from codecbench import calibrations
from codecbench.api import Abstain, RecognizerCard
from codecbench.calibrations import Calibration, user_folder
from codecbench.metrics.hallucination.calibration import VerdictCalibration, known_calibrations
from codecbench.metrics.pairs.calibration import FlipCalibration, known_shifts
from codecbench.weights import model_hashes, sha256_of

VERDICT = VerdictCalibration("other", "1", (), "n", "w", 0.6, 0.5, 2.0, 0.05, 0.2, 500, 30, 30, "0" * 64, {})
FLIP = FlipCalibration("other", "1", (), 7.0, 0.05, 0.9, 10, 9, {})


@pytest.fixture(autouse=True)
def own_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The user's folder, which is empty."""
    monkeypatch.setattr(calibrations, "user_folder", lambda: tmp_path / "own")
    return tmp_path / "own"


@pytest.fixture
def card(tmp_path: Path) -> RecognizerCard:
    model = tmp_path / "model.bin"
    model.write_bytes(b"weights")
    return RecognizerCard("other", "1", lambda: [model])


@pytest.mark.parametrize("made", [VERDICT, FLIP])
def test_it_is_written_into_the_users_folder_and_found_there(
    made: Calibration, card: RecognizerCard, own_folder: Path
) -> None:
    with pytest.raises(Abstain, match=f"'other' is not calibrated for .*codecbench dev calibrate {made.metric} "):
        type(made).of(card)
    mine = replace(made, model_sha256=model_hashes(card))
    assert mine.write() == own_folder / f"{made.metric}-other.json"
    assert type(made).of(card) == mine


@pytest.mark.parametrize("made", [VERDICT, FLIP])
def test_of_another_model_or_broken_it_abstains(made: Calibration, card: RecognizerCard, own_folder: Path) -> None:
    path = replace(made, model_sha256=model_hashes(card)).write()
    with pytest.raises(Abstain, match="another model or version of 'other'"):
        type(made).of(replace(card, version="2"))
    made.write()
    with pytest.raises(Abstain, match="another model or version of 'other'"):
        type(made).of(card)
    path.write_text('{"recognizer": "other"}')
    with pytest.raises(Abstain, match="cannot be read"):
        type(made).of(card)


def test_the_users_own_counts_before_a_shipped_one(own_folder: Path) -> None:
    shipped = VerdictCalibration.in_effect()["whisper-tiny.en"]
    assert shipped.parent.parent.name == "recognizers"
    path = replace(VERDICT, recognizer="whisper-tiny.en").write()
    assert VerdictCalibration.in_effect() == {"whisper-tiny.en": path}
    assert known_calibrations() == {"calibration-whisper-tiny.en": sha256_of(path)}
    # A run that was made before still shows what it was judged by.
    assert VerdictCalibration.with_sha256("whisper-tiny.en", sha256_of(shipped)) == VerdictCalibration.read(shipped)


def test_a_name_that_no_file_can_have(own_folder: Path) -> None:
    path = replace(FLIP, recognizer="whisper:small.en").write()
    assert path.name == "pairs-whisper%3Asmall.en.json"
    assert known_shifts()["whisper:small.en"] == 7.0
    path.write_text("[]")
    assert "whisper:small.en" not in known_shifts()


def test_a_plugin_ships_its_own(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for place in ("lone_recognizer/ears.py", "single_recognizer.py"):
        module = tmp_path / "site" / place
        module.parent.mkdir(parents=True, exist_ok=True)
        module.write_text("raise ImportError('must not be imported')\n")
    monkeypatch.syspath_prepend(tmp_path / "site")
    assert calibrations._module_folder("lone_recognizer.ears") == tmp_path / "site" / "lone_recognizer"
    assert calibrations._module_folder("lone_recognizer") == tmp_path / "site" / "lone_recognizer"
    assert calibrations._module_folder("single_recognizer") == tmp_path / "site"
    assert calibrations._module_folder("nowhere.ears") is None


def test_the_folder_is_the_systems_for_data(monkeypatch: pytest.MonkeyPatch) -> None:
    assert user_folder().parts[-2:] == ("codecbench", "calibrations")


def test_shipped_files_are_named_as_they_say() -> None:
    for kind in (VerdictCalibration, FlipCalibration):
        for recognizer, path in kind.in_effect().items():
            assert json.loads(path.read_text())["recognizer"] == recognizer
