"""Manifests: who is trained on, who is held out, and one line for each mistake."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
import soundfile
from made_speech import write_manifest

from codecbench.errors import UsageError
from recipes.training.data import load_speech


def add(manifest: Path, line: str) -> None:
    with manifest.open("a") as file:
        file.write(line + "\n")


def test_no_speaker_is_in_both_halves_whatever_the_seed(tmp_path: Path) -> None:
    speech = load_speech(write_manifest(tmp_path, 40), None, 12800)
    assert len(speech.validation) == 10
    assert speech.speakers == len(speech.train) == 30
    held_out = {signal.tobytes() for signal in speech.validation}
    assert not held_out & {signal.tobytes() for signal in speech.train}
    again = load_speech(tmp_path / "train.tsv", None, 12800)
    assert held_out == {signal.tobytes() for signal in again.validation}


def test_degraded_sources_are_left_out(tmp_path: Path) -> None:
    manifest = write_manifest(tmp_path)
    add(manifest, "x\tu0-0.flac\tphone\tAsterisk prompts (en)")
    assert load_speech(manifest, None, 12800).train_seconds == pytest.approx(8 * 1.2)


def test_speakers_of_the_evaluation_are_refused(tmp_path: Path) -> None:
    manifest = write_manifest(tmp_path)
    (tmp_path / "eval.tsv").write_text("path\tspeaker\na.flac\ts3\nb.flac\tother\nc.flac\ts5\n")
    with pytest.raises(UsageError, match=r"2 of its speakers are also in .*eval\.tsv \(s3, s5\)"):
        load_speech(manifest, tmp_path / "eval.tsv", 12800)


def test_missing_files_are_counted_and_the_first_is_named(tmp_path: Path) -> None:
    manifest = write_manifest(tmp_path)
    add(manifest, "x\tgone.flac\ts99\tclean")
    with pytest.raises(UsageError, match=r"1 of 11 files are missing, the first: .*gone\.flac"):
        load_speech(manifest, None, 12800)


def test_a_rate_below_sixteen_kilohertz_is_refused(tmp_path: Path) -> None:
    manifest = write_manifest(tmp_path)
    soundfile.write(tmp_path / "low.flac", np.zeros(9600), 8000)
    add(manifest, "x\tlow.flac\ts99\tclean")
    with pytest.raises(UsageError, match=r"low\.flac: 8000 Hz; training takes recordings of 16000 Hz or more"):
        load_speech(manifest, None, 12800)


def test_what_is_no_audio_is_named(tmp_path: Path) -> None:
    manifest = write_manifest(tmp_path)
    (tmp_path / "text.flac").write_text("no audio")
    add(manifest, "x\ttext.flac\ts99\tclean")
    with pytest.raises(UsageError, match=r"text\.flac: cannot be read as audio"):
        load_speech(manifest, None, 12800)


def test_clips_shorter_than_a_crop_are_counted_and_all_of_them_are_an_error(tmp_path: Path) -> None:
    manifest = write_manifest(tmp_path)
    soundfile.write(tmp_path / "short.flac", np.zeros(1600), 16000)
    add(manifest, "x\tshort.flac\ts99\tclean")
    assert load_speech(manifest, None, 12800).skipped == 1
    with pytest.raises(UsageError, match=r"no recording is as long as a crop of 3 s"):
        load_speech(manifest, None, 48000)


def test_a_manifest_without_speakers_or_with_too_few(tmp_path: Path) -> None:
    (tmp_path / "bad.tsv").write_text("file\nx.flac\n")
    with pytest.raises(UsageError, match="columns path and speaker"):
        load_speech(tmp_path / "bad.tsv", None, 12800)
    with pytest.raises(UsageError, match="3 speakers are too few"):
        load_speech(write_manifest(tmp_path, 3), None, 12800)
