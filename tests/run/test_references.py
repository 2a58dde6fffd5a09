"""A dataset whose recordings have references: codecs are given the noisy one, figures are of the clean one."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest
import soundfile
from conftest import REPOSITORY
from running import codecbench

from codecbench.audio import source_signal
from codecbench.conditions import SourceRecording
from codecbench.datasets.manifest import read_manifest
from codecbench.results import open_run
from codecbench.run import keys
from codecbench.run.shipping import Shipment, pack, unpack


@pytest.fixture
def noisy(tmp_path: Path) -> Path:
    """Three recordings; the first two have noise and a clean reference, the third is as it is."""
    folder = tmp_path / "speech"
    folder.mkdir()
    lines = ["id\tpath\ttranscript\tspeaker\treference"]
    for n, path in enumerate(sorted((REPOSITORY / "codecbench/datasets/speech/probe").rglob("*.flac"))[:3]):
        clean = np.clip(source_signal(path).samples[0], -0.9, 0.9)
        noise = 0.02 * np.random.default_rng(n).standard_normal(len(clean))
        soundfile.write(folder / f"clean{n}.wav", clean, 16000)
        soundfile.write(folder / f"noisy{n}.wav", clean + noise, 16000)
        own = f"noisy{n}.wav\t\ts{n}\tclean{n}.wav" if n < 2 else f"clean{n}.wav\t\ts{n}\t"
        lines.append(f"u{n}\t{own}")
    (folder / "noisy.tsv").write_text("\n".join(lines))
    return folder / "noisy.tsv"


def run(dataset: Path, out: Path, *more: str) -> Any:
    common = ("--codecs", "pcm", "--bitrates", "256", "--metrics", "estoi", "--cost", "none", "--dataset", dataset)
    done = codecbench("run", *common, "--out", out, *more)
    assert "Traceback" not in done.stderr
    return done


def estoi(out: Path) -> dict[str, float | None]:
    return {row.utterance: row.value for row in open_run(out).findings().results.scores if row.metric == "estoi"}


def test_decoded_signals_are_held_to_the_references(noisy: Path, tmp_path: Path) -> None:
    done = run(noisy, tmp_path / "wb")
    assert done.returncode == 0
    assert "2 of 3 utterances have a reference: their decoded signals are held to that" in done.stderr + done.stdout
    held = estoi(tmp_path / "wb")
    assert held["u0"] < 0.97  # type: ignore[operator]
    assert held["u1"] < 0.97  # type: ignore[operator]
    assert held["u2"] > 0.999  # type: ignore[operator]
    assert run(noisy, tmp_path / "input", "--condition", "wb@input").returncode == 0
    assert min(estoi(tmp_path / "input").values()) > 0.999  # type: ignore[type-var]
    told = open_run(tmp_path / "input").findings().results.meta["condition_told"]
    assert told == "decoded signals are held to what the codec was given, not to the dataset's references"


def test_a_condition_degrades_what_is_given(noisy: Path, tmp_path: Path) -> None:
    assert run(noisy, tmp_path / "wb").returncode == 0
    assert run(noisy, tmp_path / "more", "--condition", "noise:0").returncode == 0
    assert run(noisy, tmp_path / "input", "--condition", "noise:0@input").returncode == 0
    before, after = estoi(tmp_path / "wb"), estoi(tmp_path / "more")
    assert all(after[name] < before[name] for name in before)  # type: ignore[operator]
    assert min(estoi(tmp_path / "input").values()) > 0.99  # type: ignore[type-var]


def test_another_reference_is_another_recording(noisy: Path, tmp_path: Path) -> None:
    first, _, plain = read_manifest(noisy).utterances
    assert keys.utterance_sha256(plain) == keys.file_sha256(plain.path)
    before = keys.utterance_sha256(first)
    assert before != keys.file_sha256(first.path)
    assert run(noisy, tmp_path / "wb").returncode == 0
    assert first.reference is not None
    samples, rate = soundfile.read(first.reference)
    soundfile.write(first.reference, 0.5 * samples, rate)
    again = run(noisy, tmp_path / "wb")
    assert again.returncode == 2
    assert "u0" in again.stderr


@pytest.mark.parametrize(
    ("samples", "reason"),
    [(15000, "is 15000 samples at 16000 Hz, its recording"), (None, "clean0.wav"), (0, "clean0.wav")],
)
def test_a_reference_that_does_not_fit_is_its_utterances_reason(
    noisy: Path, tmp_path: Path, samples: int | None, reason: str
) -> None:
    reference = noisy.parent / "clean0.wav"
    if samples is None:
        reference.unlink()
    else:
        soundfile.write(reference, np.zeros(samples) + 0.1, 16000)
    run(noisy, tmp_path / "wb")
    rows = {row.id: row.reason for row in open_run(tmp_path / "wb").findings().results.utterances}
    assert reason in str(rows["u0"])
    assert rows["u1"] is None
    assert set(estoi(tmp_path / "wb")) >= {"u1", "u2"}


def test_in_the_full_band_the_reference_is_read_as_it_is(tmp_path: Path) -> None:
    for name, level in (("noisy", 0.1), ("clean", 0.2)):
        soundfile.write(tmp_path / f"{name}.wav", level * np.ones((4410, 2)), 44100)
    recording = SourceRecording(tmp_path / "noisy.wav", "fb", reference=tmp_path / "clean.wav")
    assert recording.signal().samples.shape == (2, 4410)
    assert recording.signal().peak == pytest.approx(0.2, abs=1e-3)
    assert recording.given().peak == pytest.approx(0.1, abs=1e-3)


def test_references_are_shipped(noisy: Path, tmp_path: Path) -> None:
    dataset = read_manifest(noisy)
    read = read_manifest(unpack(pack(Shipment(dataset, frozenset({"u0"}))), tmp_path)).utterances
    assert read[0].reference is not None
    assert dataset.utterances[0].reference is not None
    assert read[0].reference.read_bytes() == dataset.utterances[0].reference.read_bytes()
    assert [one.reference is None for one in read] == [False, False, True]
    assert list(map(keys.utterance_sha256, read[:1])) == list(map(keys.utterance_sha256, dataset.utterances[:1]))
