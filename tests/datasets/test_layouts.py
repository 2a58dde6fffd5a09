"""Each layout is recognized and read: ids, transcripts, speakers, sexes, languages; what is half there is said."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import made_layouts
import pytest
from running import codecbench, in_process

from codecbench.api import Dataset
from codecbench.datasets import layouts, load_dataset
from codecbench.errors import UsageError
from codecbench.plugins import registry
from codecbench.store import open_run

Row = tuple[str, str | None, str, str, str]
LIBRISPEECH = {"1089": "M", "121": "F"}


def rows(dataset: Dataset) -> list[Row]:
    return [(one.id, one.transcript, one.speaker, one.sex, one.extra.get("language", "")) for one in dataset.utterances]


def loaded(place: object) -> Dataset:
    return load_dataset(str(place), registry())


@pytest.mark.parametrize(
    ("make", "name", "expected"),
    [
        (
            lambda root: made_layouts.librispeech(root, LIBRISPEECH, each=1),
            "test-clean",
            [
                ("1089-10897-0000", "WORDS OF NUMBER 0000", "1089", "M", "en"),
                ("121-1217-0000", "WORDS OF NUMBER 0000", "121", "F", "en"),
            ],
        ),
        (
            made_layouts.libritts,
            "test-clean",
            [
                ("1089_134686_000001_000001", "Mister 1.", "1089", "M", "en"),
                ("1089_134686_000002_000000", "Mister 0.", "1089", "M", "en"),
            ],
        ),
        (
            made_layouts.vctk,
            None,
            [("p225_001", "Please call Stella.", "p225", "F", "en"), ("p315_001", None, "p315", "M", "en")],
        ),
        (
            made_layouts.ljspeech,
            None,
            [
                ("LJ001-0001", 'in eighteen 0, "so" he said', "LJ", "F", "en"),
                ("LJ001-0002", 'in eighteen 1, "so" he said', "LJ", "F", "en"),
            ],
        ),
        (made_layouts.kaldi, None, [("s1-a", "un été", "s1", "F", "fr"), ("s2-b", "two words", "s2", "M", "en")]),
        (
            made_layouts.nemo,
            "manifest",
            [("wavs/a", "one word", "a", "", "en"), ("wavs/b", "ein Wort", "b", "", "de")],
        ),
        (
            lambda root: made_layouts.commonvoice(root) / "test.tsv",
            "fr-test",
            [
                ("common_voice_fr_1", '"Bonjour" 1.', "c1", "M", "fr"),
                ("common_voice_fr_2", '"Bonjour" 2.', "c2", "M", "fr"),
            ],
        ),
        (
            lambda root: made_layouts.audiofolder(root) / "test",
            "test",
            [("audio/a", "one, two", "s1", "F", "en"), ("audio/b", "trois", "s2", "M", "fr")],
        ),
    ],
    ids=["librispeech", "libritts", "vctk", "ljspeech", "kaldi", "nemo", "commonvoice", "audiofolder"],
)
def test_a_layout_is_recognized_and_read(
    tmp_path: Path, request: pytest.FixtureRequest, make: Callable[[Path], Path], name: str | None, expected: list[Row]
) -> None:
    place = make(tmp_path)
    layout = layouts.recognized(place)
    assert layout is not None
    assert f"[{layout.NAME}]" in request.node.name
    dataset = loaded(place)
    assert rows(dataset) == expected == rows(loaded(f"{layout.NAME}:{place}"))
    assert dataset.id == (name or tmp_path.name)
    assert all(one.path.is_file() for one in dataset.utterances)


def test_folders_and_manifests_without_a_layout_are_read_as_ever(tmp_path: Path) -> None:
    place = made_layouts.librispeech(tmp_path, LIBRISPEECH, each=1)
    plain = loaded(f"folder:{place}")
    assert [one.id for one in plain.utterances] == ["1089/10897/1089-10897-0000", "121/1217/121-1217-0000"]
    made_layouts.write_audio(tmp_path / "own" / "a.wav")
    (tmp_path / "own" / "metadata.csv").write_text("id,path\na,a.wav\n")
    assert layouts.recognized(tmp_path / "own") is layouts.recognized(tmp_path / "own" / "metadata.csv") is None
    assert [one.id for one in loaded(tmp_path / "own" / "metadata.csv").utterances] == ["a"]


def without(place: Path, pattern: str) -> Path:
    for path in list(place.rglob(pattern)):
        path.unlink()
    return place


@pytest.mark.parametrize(
    ("make", "said"),
    [
        (
            lambda root: without(made_layouts.librispeech(root, LIBRISPEECH), "121-*.trans.txt"),
            "2 of 4 recordings have no transcript (121-1217-0000, 121-1217-0001)",
        ),
        (
            lambda root: without(made_layouts.librispeech(root, LIBRISPEECH), "121-*1.flac"),
            "1 transcripts belong to no recording (121-1217-0001)",
        ),
        (lambda root: without(made_layouts.libritts(root), "*.normalized.txt"), "no utterance has a transcript"),
        (made_layouts.vctk, "1 of 2 recordings have no transcript (p315_001)"),
        (lambda root: without(made_layouts.vctk(root), "p315*mic1*"), "p315_001_mic2"),
        (
            lambda root: without(made_layouts.ljspeech(root), "*0002.wav"),
            "1 transcripts belong to no recording (LJ001-0002)",
        ),
        (lambda root: without(made_layouts.kaldi(root), "text"), "no utterance has a transcript"),
        (lambda root: without(made_layouts.kaldi(root), "utt2spk"), "2 of 2 utterances have no speaker"),
        (lambda root: without(made_layouts.kaldi(root), "b 1.wav"), "1 of 2 audio files are not there"),
        (
            lambda root: without(made_layouts.commonvoice(root), "*_2.wav") / "test.tsv",
            "1 of 2 audio files are not there",
        ),
    ],
)
def test_what_is_half_there_is_a_warning(tmp_path: Path, make: Callable[[Path], Path], said: str) -> None:
    assert any(said in warning for warning in loaded(make(tmp_path)).warnings)


def rewritten(path: Path, old: str, new: str) -> Path:
    text = path.read_text()
    assert old in text
    path.write_text(text.replace(old, new))
    return path


@pytest.mark.parametrize(
    ("make", "said"),
    [
        (
            lambda root: f"librispeech:{without(made_layouts.librispeech(root, LIBRISPEECH), '*.flac')}",
            "holds no recordings, but 4 transcripts",
        ),
        (lambda root: f"librispeech:{made_layouts.kaldi(root)}", "has no folders SPEAKER/CHAPTER"),
        (lambda root: f"vctk:{made_layouts.kaldi(root)}", "has neither wav48_silence_trimmed nor wav48"),
        (lambda root: f"kaldi:{made_layouts.vctk(root)}", "has no wav.scp, where Kaldi lists the recordings"),
        (lambda root: without(made_layouts.kaldi(root), "wav.scp"), "has no wav.scp"),
        (
            lambda root: rewritten(made_layouts.kaldi(root) / "wav.scp", "audio/a 1.wav", "sph2pipe a.sph |").parent,
            "utterance 's1-a': a pipe is not run",
        ),
        (
            lambda root: rewritten(made_layouts.kaldi(root) / "wav.scp", "audio/a 1.wav", "raw.ark:17").parent,
            "expected an audio file, not 'raw.ark:17'",
        ),
        (
            lambda root: rewritten(made_layouts.kaldi(root) / "text", "s2-b", "s1-a").parent,
            "text': 's1-a' is there twice",
        ),
        (lambda root: without(made_layouts.ljspeech(root), "*.wav"), "holds no recordings, but 2 transcripts"),
        (
            lambda root: rewritten(made_layouts.ljspeech(root) / "metadata.csv", "0002|", "0002|a|b|").parent,
            "entry 2 ('LJ001-0002'): 5 columns",
        ),
        (lambda root: rewritten(made_layouts.nemo(root), '"duration": 0.5', '"offset": 1.5'), "line 1 has an offset"),
        (lambda root: rewritten(made_layouts.nemo(root), '"lang": "de"', '"shard_id": 3'), "line 2 has a shard_id"),
        (lambda root: rewritten(made_layouts.nemo(root), "wavs/b", "wavs/a"), "utterance 'wavs/a' is there twice"),
        (made_layouts.commonvoice, "lists dev.tsv, test.tsv; name one: --dataset"),
        (
            lambda root: rewritten(made_layouts.commonvoice(root) / "test.tsv", '"Bonjour" 2.', "a\tb"),
            "entry 2: 12 cells under 11 columns",
        ),
        (made_layouts.audiofolder, "holds the splits test; name one: --dataset"),
        (
            lambda root: rewritten(made_layouts.audiofolder(root) / "test/metadata.csv", '"one, two"', "one, two"),
            "entry 1: another number of cells than columns",
        ),
        (
            lambda root: rewritten(made_layouts.audiofolder(root) / "test/metadata.csv", "note", "start").parent,
            "by its column 'start' a row means a part of its file",
        ),
        (lambda root: f"kaldi:{root}/nowhere", "no such file or folder"),
    ],
)
def test_what_cannot_be_read_is_one_line(tmp_path: Path, make: Callable[[Path], object], said: str) -> None:
    with pytest.raises(UsageError) as refused:
        loaded(make(tmp_path))
    assert said in str(refused.value)
    assert "\n" not in str(refused.value)


def test_segments_are_refused_with_what_cuts_them(tmp_path: Path) -> None:
    (made_layouts.kaldi(tmp_path) / "segments").write_text("s1-a s1 0.0 0.2\n")
    with pytest.raises(UsageError, match=r"has segments.*extract_wav_segments_data_dir\.sh"):
        loaded(tmp_path)


def test_another_corpus_in_the_layout_of_ljspeech_has_no_speaker_nor_language(tmp_path: Path) -> None:
    dataset = loaded(made_layouts.ljspeech(tmp_path, ("u1", "u2")) / "metadata.csv")
    assert [(one.id, one.speaker, dict(one.extra)) for one in dataset.utterances] == [("u1", "", {}), ("u2", "", {})]


def test_several_splits_are_one_dataset_by_their_folder(tmp_path: Path) -> None:
    made_layouts.librispeech(tmp_path, {"1089": "M"}, each=1)
    made_layouts.librispeech(tmp_path, {"121": "F"}, each=1, split="test-other")
    dataset = loaded(tmp_path / "LibriSpeech")
    assert (dataset.id, [one.speaker for one in dataset.utterances]) == ("LibriSpeech", ["1089", "121"])


def test_a_run_over_a_layout_named_and_from_elsewhere(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    made_layouts.kaldi(tmp_path / "speech")
    monkeypatch.chdir(tmp_path)
    run = ("run", "--codecs", "g711", "--cost", "none", "--metrics", "si_sdr", "--keep-audio", "none")
    done = codecbench(*run, "--dataset", "kaldi:speech", "--out", "run")
    assert done.returncode == 0, done.stderr
    assert open_run(tmp_path / "run").meta["dataset"] == "speech"
    (tmp_path / "elsewhere").mkdir()
    monkeypatch.chdir(tmp_path / "elsewhere")
    scored = codecbench("score", tmp_path / "run", "--metrics", "stoi")
    assert scored.returncode == 0, scored.stderr
    refused = in_process(*run, "--dataset", "kaldi:speech", "--out", "run")
    assert (refused.returncode, "no such file or folder" in refused.stderr) == (2, True)
