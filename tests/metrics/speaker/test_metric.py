from __future__ import annotations

import csv
from pathlib import Path

import numpy as np
import pytest

from codecbench.api import Audio, Sample, Unavailable, Utterance
from codecbench.audio import source_signal
from codecbench.metrics import packaged
from codecbench.metrics.speaker import SpeakerSimilarity

pytest.importorskip("torch")


@pytest.fixture(scope="module")
def metric() -> SpeakerSimilarity:
    return SpeakerSimilarity()


@pytest.fixture(scope="module")
def voices(shared: Path) -> dict[str, list[Audio]]:
    """Two utterances each of eight speakers."""
    voices: dict[str, list[Audio]] = {}
    with (shared / "data" / "eval" / "manifest.tsv").open() as file:
        for row in csv.DictReader(file, delimiter="\t"):
            if len(voices.setdefault(row["speaker"], [])) < 2:
                voices[row["speaker"]].append(source_signal(shared / "data" / "eval" / row["path"]))
    pairs = {name: clips for name, clips in voices.items() if len(clips) == 2}
    return dict(list(pairs.items())[:8])


def similarity(metric: SpeakerSimilarity, reference: Audio, decoded: Audio) -> float:
    length = min(reference.length, decoded.length)
    x, y = (Audio(audio.samples[:, :length], 16000) for audio in (reference, decoded))
    return metric.score(Sample(Utterance("u", Path("u.wav")), x, y, y, prepared=metric.prepare(x))).value


def test_the_same_signal_is_1(metric: SpeakerSimilarity, voices: dict[str, list[Audio]]) -> None:
    clip = next(iter(voices.values()))[0]
    assert similarity(metric, clip, clip) == pytest.approx(1.0, abs=1e-6)


def test_the_same_speaker_is_nearer_than_others(metric: SpeakerSimilarity, voices: dict[str, list[Audio]]) -> None:
    embeddings = {name: [np.array(metric.prepare(clip)) for clip in clips] for name, clips in voices.items()}
    same = [first @ second for first, second in embeddings.values()]
    other = [a[0] @ b[0] for name, a in embeddings.items() for rival, b in embeddings.items() if name < rival]
    assert np.mean(same) > np.mean(other) + 0.1
    assert np.median(same) > np.max(other) - 0.1


def test_the_level_within_reach_of_the_normalizer_does_not_matter(metric: SpeakerSimilarity) -> None:
    signal = 1e-3 * np.random.default_rng(0).standard_normal(32000)
    clip = Audio.mono(signal, 16000)
    assert similarity(metric, clip, Audio.mono(5 * signal, 16000)) == pytest.approx(1.0, abs=1e-6)


def test_embeddings_are_unit_vectors_that_repeat(metric: SpeakerSimilarity) -> None:
    clip = Audio.mono(0.1 * np.random.default_rng(0).standard_normal(40000), 16000)
    embedding = metric.prepare(clip)
    assert len(embedding) == 256
    assert np.linalg.norm(embedding) == pytest.approx(1.0, abs=1e-6)
    assert min(embedding) >= 0
    assert metric.prepare(clip) == embedding


def test_a_missing_package_says_what_to_install(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(packaged.importlib.util, "find_spec", lambda name: None)
    with pytest.raises(Unavailable, match=r"pip install 'codecbench\[speaker\]'"):
        SpeakerSimilarity()
