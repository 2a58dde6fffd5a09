"""The embedded speech sets are what their READMEs say. No synthesis here: only what is stored is read."""

import csv
import importlib.resources
from collections import defaultdict
from pathlib import Path

import numpy as np
import pytest
import soundfile

COLUMNS = ["id", "path", "transcript", "speaker", "sex", "seconds", "source", "licence", "synthesizer"]
PAIR_COLUMNS = [*COLUMNS, "pair", "reading", "word", "rival", "feature"]
FEATURES = {"voicing", "nasality", "sustention", "sibilation", "graveness", "compactness"}

Row = dict[str, str]


def folder(name: str) -> Path:
    return Path(str(importlib.resources.files("codecbench.datasets") / "speech")) / name


def manifest(name: str) -> tuple[list[str], list[Row]]:
    with (folder(name) / "manifest.tsv").open(encoding="utf-8", newline="") as file:
        reader = csv.DictReader(file, delimiter="\t", quoting=csv.QUOTE_NONE)
        return list(reader.fieldnames or ()), list(reader)


@pytest.fixture(scope="module")
def probe() -> list[Row]:
    return manifest("probe")[1]


@pytest.fixture(scope="module")
def pairs() -> list[Row]:
    return manifest("pairs")[1]


@pytest.mark.parametrize(("name", "columns"), [("probe", COLUMNS), ("pairs", PAIR_COLUMNS)])
def test_header(name: str, columns: list[str]) -> None:
    assert manifest(name)[0] == columns
    assert {row["synthesizer"] for row in manifest(name)[1]} == {"Kokoro-82M"}


@pytest.mark.parametrize(("name", "limit"), [("probe", 4_000_000), ("pairs", 12_000_000)])
def test_size(name: str, limit: int) -> None:
    assert sum(path.stat().st_size for path in folder(name).iterdir()) < limit


@pytest.mark.parametrize("name", ["probe", "pairs"])
def test_manifest_names_every_clip_once(name: str) -> None:
    rows = manifest(name)[1]
    assert sorted(row["path"] for row in rows) == sorted(path.name for path in folder(name).glob("*.flac"))
    assert len({row["id"] for row in rows}) == len(rows)


@pytest.mark.parametrize("name", ["probe", "pairs"])
def test_clips_are_sound_24_khz_mono(name: str) -> None:
    for row in manifest(name)[1]:
        path = folder(name) / row["path"]
        info = soundfile.info(path)
        assert (info.samplerate, info.channels, info.format, info.subtype) == (24_000, 1, "FLAC", "PCM_16"), path.name
        audio, _ = soundfile.read(path, dtype="float32")
        assert len(audio) / 24_000 == pytest.approx(float(row["seconds"]), abs=1e-3), path.name
        assert np.abs(audio).max() < 0.99, f"{path.name} clips"
        assert -36 < 10 * np.log10(np.mean(audio**2)) < -20, f"{path.name} is at an odd level"


@pytest.mark.parametrize("name", ["probe", "pairs"])
def test_labelled_synthetic(name: str) -> None:
    assert all(row["source"].startswith("synthetic: ") for row in manifest(name)[1])
    assert "**Synthetic speech**" in (folder(name) / "README.md").read_text(encoding="utf-8")


@pytest.mark.parametrize("name", ["probe", "pairs"])
def test_one_sex_per_speaker(name: str) -> None:
    sexes = defaultdict(set)
    for row in manifest(name)[1]:
        sexes[row["speaker"]].add(row["sex"])
    assert all(len(found) == 1 for found in sexes.values())
    assert set.union(*sexes.values()) == {"F", "M"}


def test_probe_counts(probe: list[Row]) -> None:
    assert len(probe) == 24
    assert 72 <= sum(float(row["seconds"]) for row in probe) <= 80
    spoken = defaultdict(list)
    for row in probe:
        spoken[row["speaker"]].append(row["transcript"])
    assert len(spoken) >= 8
    assert all(len(texts) == 3 for texts in spoken.values())
    assert len({row["transcript"] for row in probe}) == 24


def test_pairs_have_both_readings_in_the_same_two_voices(pairs: list[Row]) -> None:
    voices: dict[str, dict[str, set[str]]] = defaultdict(lambda: {"target": set(), "rival": set()})
    for row in pairs:
        voices[row["pair"]][row["reading"]].add(row["speaker"])
    assert len(voices) >= 96
    for pair, by_reading in voices.items():
        assert by_reading["target"] == by_reading["rival"], pair
        assert len(by_reading["target"]) >= 2, pair


def test_pairs_per_feature(pairs: list[Row]) -> None:
    of_feature = defaultdict(set)
    for row in pairs:
        of_feature[row["feature"]].add(row["pair"])
    assert set(of_feature) == FEATURES
    assert all(len(found) >= 12 for found in of_feature.values())


def test_only_the_word_tells_the_readings_apart(pairs: list[Row]) -> None:
    by_take = defaultdict(dict)
    for row in pairs:
        assert f" {row['word']}" in row["transcript"]
        by_take[row["pair"], row["speaker"]][row["reading"]] = row
    for take in by_take.values():
        target, rival = take["target"], take["rival"]
        assert (target["word"], target["rival"]) == (rival["rival"], rival["word"])
        assert target["transcript"].replace(target["word"], rival["word"]) == rival["transcript"]
