"""A dataset that was shipped is the dataset that was packed."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

from codecbench.api import Dataset, Utterance
from codecbench.datasets.manifest import read_manifest
from codecbench.run.shipping import Shipment, pack, unpack

UTTERANCES = (
    Utterance("a/1", Path(), "Hello there", "reader one", "F", {"synthesizer": "Kokoro-82M", "words": "x\ty"}),
    Utterance("ü", Path(), None, "", ""),
    Utterance("gone", Path("/nowhere/gone.wav"), "not here"),
)


def test_what_is_unpacked_says_the_same_of_each_utterance(clips: Path, tmp_path: Path) -> None:
    audio = sorted(clips.parent.glob("clip*.wav"))[:2]
    packed = [replace(one, path=path) for one, path in zip(UTTERANCES, audio, strict=False)] + [UTTERANCES[2]]
    archive = pack(Shipment(Dataset("speech", tuple(packed)), frozenset(one.id for one in packed)))
    manifest = unpack(archive, tmp_path)
    read = read_manifest(manifest).utterances
    assert [replace(one, path=Path()) for one in read] == [replace(one, path=Path()) for one in packed]
    assert [one.path.read_bytes() for one in read[:2]] == [path.read_bytes() for path in audio]
    assert not read[2].path.exists()
    assert unpack(archive, tmp_path) == manifest
    assert [path.name for path in tmp_path.iterdir()] == [manifest.parent.name]


def test_what_no_run_reads_is_listed_and_not_shipped(clips: Path, tmp_path: Path) -> None:
    dataset = read_manifest(clips)
    manifest = unpack(pack(Shipment(dataset, frozenset({"clip1"}))), tmp_path)
    assert [one.path.exists() for one in read_manifest(manifest).utterances] == [False, True, False]
