from __future__ import annotations

import json
import os
import re
from pathlib import Path

import numpy as np
import pytest
import soundfile

from codecbench.datasets import load_dataset, read_folder, read_manifest
from codecbench.errors import UsageError
from codecbench.plugins import registry


def write_clip(path: Path) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    soundfile.write(path, np.zeros(800), 16000)


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("m.tsv", 'id\tpath\ttranscript\tspeaker\tnote\na\tx/a.wav\t"so" he said\ts1\tloud\nb\tb.wav\t\ts2\t\n'),
        ("m.csv", 'id,path,transcript,speaker,note\na,x/a.wav,"""so"" he said",s1,loud\nb,b.wav,,s2,\n'),
        (
            "m.jsonl",
            "\n".join(
                json.dumps(row)
                for row in (
                    {"id": "a", "path": "x/a.wav", "transcript": '"so" he said', "speaker": "s1", "note": "loud"},
                    {"id": "b", "path": "b.wav", "transcript": None, "speaker": "s2"},
                )
            ),
        ),
    ],
)
def test_the_three_formats_say_the_same(tmp_path: Path, name: str, text: str) -> None:
    (tmp_path / name).write_text(text)
    first, second = read_manifest(tmp_path / name).utterances
    assert (first.id, first.path, first.transcript, first.speaker) == ("a", tmp_path / "x/a.wav", '"so" he said', "s1")
    assert first.extra == {"note": "loud"}
    assert second.transcript is None


def test_a_folder_with_texts_beside(tmp_path: Path) -> None:
    for name in ("one.wav", "deep/two.flac", "one.flac"):
        write_clip(tmp_path / name)
    (tmp_path / "deep/two.txt").write_text("two words\n")
    (tmp_path / "readme.md").write_text("not audio")
    dataset = read_folder(tmp_path)
    assert [(u.id, u.transcript) for u in dataset.utterances] == [
        ("deep/two", "two words"), ("one.flac", None), ("one.wav", None),
    ]  # fmt: skip
    assert dataset.warnings == ("3 of 3 utterances have no speaker: each counts as its own",)


@pytest.mark.parametrize(
    ("name", "text", "message"),
    [
        ("m.tsv", "", "has no column id and path; it has: nothing"),
        ("m.tsv", "id\tpath\n", "lists no utterance"),
        ("m.tsv", "name\tfile\na\tb\n", "has no column id and path; it has: name, file"),
        ("m.csv", "id,path\na,a.wav\na,b.wav\n", "duplicate utterance id 'a' (entries 1 and 2)"),
        ("m.csv", "id,path\na,\n", "entry 1: no path"),
        ("m.jsonl", "{'id': 1}", "cannot be read"),
        ("m.jsonl", "[1]", "line 1: expected a JSON object"),
        ("m.xlsx", "x", "expected one of .tsv, .csv, .jsonl"),
        ("m.tsv", b"\xff\xfe\x00i", "cannot be read"),
    ],
)
def test_a_bad_manifest_is_one_clear_message(tmp_path: Path, name: str, text: str | bytes, message: str) -> None:
    path = tmp_path / name
    path.write_bytes(text if isinstance(text, bytes) else text.encode())
    with pytest.raises(UsageError, match=re.escape(message)) as error:
        load_dataset(str(path), registry())
    assert "\n" not in str(error.value)


def test_unknown_and_empty(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="unknown dataset 'prob'; known: probe, pairs"):
        load_dataset("prob", registry())
    with pytest.raises(UsageError, match="no such file or folder"):
        load_dataset("nowhere/manifest.tsv", registry())
    with pytest.raises(UsageError, match="holds no audio"):
        load_dataset(str(tmp_path), registry())


def test_the_embedded_set_is_labelled_synthetic() -> None:
    dataset = load_dataset("probe", registry())
    assert (dataset.id, dataset.synthetic, len(dataset.utterances)) == ("probe", True, 24)


def test_real_manifest_as_it_is(shared: Path) -> None:
    dataset = load_dataset(str(shared / "data" / "eval" / "manifest.tsv"), registry())
    assert (dataset.id, len(dataset.utterances)) == ("eval", 75)
    assert len({u.speaker for u in dataset.utterances}) == 38
    assert dataset.warnings == ()


def test_what_is_no_unicode_text_is_refused_in_one_line(tmp_path: Path) -> None:
    write_clip(tmp_path / "fine.wav")
    (tmp_path / "m.jsonl").write_text('{"id": "half \\ud83d a pair", "path": "fine.wav"}\n')
    with pytest.raises(UsageError, match=r"utterance 'half \\ud83d a pair': its id is not Unicode text; rename it"):
        load_dataset(str(tmp_path / "m.jsonl"), registry())
    folder = tmp_path / "latin1"
    folder.mkdir()
    (tmp_path / "fine.wav").rename(os.fsdecode(os.fsencode(folder) + b"/caf\xe9.wav"))
    with pytest.raises(UsageError, match=r"'caf\\udce9': its id is not Unicode text"):
        load_dataset(str(folder), registry())
