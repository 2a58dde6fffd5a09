"""Manifests: who is trained on, who is held out, and one line for each mistake."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
import soundfile
from made_speech import write_manifest

from codecbench.errors import UsageError
from recipes.training.data import held_out_speakers, load_speech


def add(manifest: Path, line: str) -> None:
    with manifest.open("a") as file:
        file.write(line + "\n")


def test_no_speaker_is_in_two_parts_and_a_second_reading_holds_the_same_out(tmp_path: Path) -> None:
    speech = load_speech(write_manifest(tmp_path, 40, clips=2), None, 12800)
    assert len(speech.validation) == len(speech.test) == 10
    assert speech.speakers == 20
    assert len(speech.train) == 2 * 20
    test = {one.signal.tobytes() for one in speech.test}
    parts = [{signal.tobytes() for signal in speech.train}, {signal.tobytes() for signal in speech.validation}, test]
    assert len(set.union(*parts)) == 40 + 10 + 10
    again = load_speech(tmp_path / "train.tsv", None, 12800)
    assert [one.speaker for one in again.test] == [one.speaker for one in speech.test]
    assert all(np.array_equal(*pair) for pair in zip(again.validation, speech.validation, strict=True))


def test_a_test_speaker_is_judged_by_a_whole_recording(tmp_path: Path) -> None:
    """The longest of at most 20 s: `PESQ` scores a longer one in pieces."""
    manifest = write_manifest(tmp_path, 8)
    for speaker in range(8):
        soundfile.write(tmp_path / f"long{speaker}.flac", np.zeros(21 * 16000), 16000)
        add(manifest, f"x\tlong{speaker}.flac\ts{speaker}\tclean")
    speech = load_speech(manifest, None, 12800)
    assert {len(one.signal) for one in speech.test} == {round(1.2 * 16000)}
    assert {len(signal) for signal in speech.validation} == {21 * 16000}


def test_speakers_without_a_recording_to_be_tested_with_are_trained_on(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="where those have a recording of at most 20 s"):
        load_speech(write_manifest(tmp_path, 4, seconds=20.5), None, 12800)


def test_a_label_for_many_people_is_never_held_out(tmp_path: Path) -> None:
    """Not even where it sorts first: more than a fiftieth of the speech is of it."""
    manifest = write_manifest(tmp_path, 80)
    for clip in range(8):
        soundfile.write(tmp_path / f"many{clip}.flac", np.full(19200, 0.1 + 0.01 * clip), 16000)
        add(manifest, f"x\tmany{clip}.flac\tanyone\tclean")
    signals = {f"s{number}": [np.zeros(16000, np.int16)] for number in range(200)}
    signals["anyone"] = [np.zeros(16000, np.int16)] * 5
    chosen = [who for part in held_out_speakers(signals) for who in part]
    assert len(chosen) == 52
    assert "anyone" not in chosen
    speech = load_speech(manifest, None, 12800)
    assert "anyone" not in {one.speaker for one in speech.test}
    assert len(speech.test) == 20


def test_the_corpus_of_the_reference_track(shared: Path) -> None:
    """Real speech: 12 speakers for validation, as ever; 40 for the test, whole utterances; clean and known ones."""
    manifest = shared / "data" / "train" / "manifest.tsv"
    speech = load_speech(manifest, shared / "data" / "eval" / "manifest.tsv", 12800)
    assert (len(speech.validation), len(speech.test), speech.speakers) == (12, 40, 172)
    assert not {one.speaker for one in speech.test} & {"pico-unknown"}
    assert not any(one.speaker.startswith("asterisk") for one in speech.test)
    assert sum(len(one.signal) for one in speech.test) > 6 * 60 * 16000
    assert speech.told() == "75.3 minutes of 172 speakers; held out: 12 speakers for validation, 40 for the test"


def test_a_share_of_the_speech_holds_the_same_speakers_out(tmp_path: Path) -> None:
    speech = load_speech(write_manifest(tmp_path), None, 6400)
    less = speech.reduced(0.5)
    assert len(less.train) == round(len(speech.train) / 2)
    assert all(any(one is other for other in speech.train) for one in less.train)
    assert (less.validation, less.test) == (speech.validation, speech.test)
    assert less.manifest_sha256 not in (speech.manifest_sha256, speech.reduced(0.25).manifest_sha256)
    assert speech.reduced(1.0) is speech
    assert len(speech.reduced(1e-9).train) == 1


def test_degraded_sources_are_left_out(tmp_path: Path) -> None:
    manifest = write_manifest(tmp_path)
    add(manifest, "x\tu0-0.flac\tphone\tAsterisk prompts (en)")
    assert load_speech(manifest, None, 12800).train_seconds == pytest.approx(6 * 1.2)


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
