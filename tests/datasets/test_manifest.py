from __future__ import annotations

import csv
import json
import os
import re
from pathlib import Path

import numpy as np
import pytest
import soundfile
from hypothesis import given
from hypothesis import strategies as st

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


def rows(*lines: str) -> str:
    return "\n".join(lines) + "\n"


HEADER = "id,path,transcript,speaker"
COMMA = rows(HEADER, "a,a.wav,The kettle whistled, while Maria sliced some bread.,s1")


@pytest.mark.parametrize(
    ("name", "text", "message"),
    [
        ("m.tsv", "", "has no id and no path; it has: nothing"),
        ("m.csv", COMMA, "entry 1 ('a'): 5 cells under 4 columns (id, path, transcript, speaker); a text with commas"),
        ("m.csv", rows(HEADER, 'a,a.wav,"one, two",s1', "b,b.wav,three"), "entry 2 ('b'): 3 cells under 4 columns"),
        ("m.tsv", rows("id\tpath", "a\ta.wav\textra"), "entry 1 ('a'): 3 cells under 2 columns (id, path)"),
        ("m.csv", rows(HEADER, 'a,a.wav,"one,s1', "b,b.wav,two,s1"), "cannot be read: unexpected end of data"),
        (
            "m.csv",
            rows(HEADER, 'a,a.wav,"one,s1', 'b,b.wav,two",s1'),
            "entry 1 ('a'): its transcript has several lines",
        ),
        ("m.csv", rows(HEADER, 'a,a.wav,"one" two,s1'), "cannot be read: ',' expected after '\"'"),
        ("m.csv", rows("id,path,text,text", "a,a.wav,x,y"), "has two columns 'text'"),
        ("m.csv", rows("id;path;transcript", "a;a.wav;x"), "columns are separated by tabs in .tsv, by commas in .csv"),
        ("m.csv", rows("utt_id,Audio File", "a,a.wav"), "; call 'utt_id' 'id'; call 'Audio File' 'path'"),
        ("m.csv", rows("id, path", "a, a.wav"), "has no path; it has: 'id', ' path'; call ' path' 'path'"),
        ("m.csv", rows("id,path,start,end", "a,a.wav,0,1"), "has a column 'start', by which a row means a part"),
        ("m.tsv", rows("id\tpath\tStart_Time", "a\ta.wav\t1"), "has a column 'Start_Time', by which a row means"),
        ("m.tsv", rows("id\tpath\tchannel", "a\ta.wav\t1"), "has a column 'channel', by which a row means a part"),
        ("m.jsonl", '{"id": "a", "path": "a.wav", "offset": 1.5}', "line 1 has a column 'offset', by which"),
        ("m.jsonl", '{"transcript": "x"}', "line 1 has no id and no path; it has: 'transcript'"),
        ("m.jsonl", '{"id": "a", "path": "a.wav", "transcript": ["one", "two"]}', "'transcript' must be text or a"),
        ("m.jsonl", '{"id": "a", "path": "a.wav", "speaker": {"id": 7}}', "'speaker' must be text or a number, not an"),
        ("m.jsonl", '{"id": "a", "path": "a.wav", "id": "b"}', "line 1 has two columns 'id'"),
        ("m.tsv", "id\tpath\n", "lists no utterance"),
        ("m.tsv", "name\tfile\na\tb\n", "has no id and no path; it has: 'name', 'file'; call 'name' 'id'; call 'file'"),
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


@pytest.mark.parametrize(
    ("column", "meant"),
    [
        ("text", "transcript"),
        ("Sentence", "transcript"),
        ("speaker_id", "speaker"),
        ("gender", "sex"),
        ("SPK", "speaker"),
    ],
)
def test_a_column_that_is_plainly_meant_but_not_read_is_noted(tmp_path: Path, column: str, meant: str) -> None:
    (tmp_path / "m.csv").write_text(rows(f"id,path,{column}", "a,a.wav,x"))
    dataset = read_manifest(tmp_path / "m.csv")
    assert f"column '{column}' is not read; if it is the {meant}, call it '{meant}'" in dataset.warnings
    assert dataset.utterances[0].extra == {column: "x"}
    (tmp_path / "m.csv").write_text(rows(f"id,path,{column},{meant}", "a,a.wav,x,y"))
    assert not any("is not read" in warning for warning in read_manifest(tmp_path / "m.csv").warnings)


def test_speech_without_a_transcript_is_noted_once(tmp_path: Path) -> None:
    (tmp_path / "m.csv").write_text(rows("id,path,speaker", "a,a.wav,s", "b,b.wav,s"))
    assert read_manifest(tmp_path / "m.csv").warnings == (
        "no utterance has a transcript: there are no word errors",
    )  # fmt: skip


@given(st.lists(st.lists(st.text(st.characters(exclude_categories=("Cs", "Cc"))), min_size=4, max_size=4), min_size=1))
def test_every_cell_of_a_csv_comes_back_or_the_row_is_refused(
    tmp_path_factory: pytest.TempPathFactory, table: list[list[str]]
) -> None:
    path = tmp_path_factory.mktemp("m") / "m.csv"
    with path.open("w", newline="") as file:
        csv.writer(file).writerows([["id", "path", "transcript", "note"], *table])
    try:
        dataset = read_manifest(path)
    except UsageError:
        ids = [cells[0] for cells in table]
        assert not all(ids) or not all(cells[1] for cells in table) or len(set(ids)) < len(ids)
        return
    assert [[u.id, u.transcript or "", u.extra.get("note", "")] for u in dataset.utterances] == [
        [one, transcript.strip(), note] for one, _, transcript, note in table
    ]


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


@pytest.mark.parametrize("name", ["a\x1b[2Jb", "a\u202eb", "a\x07", "a\x9bb"])
def test_a_name_that_a_terminal_would_obey_is_refused_and_printed_harmlessly(tmp_path: Path, name: str) -> None:
    write_clip(tmp_path / "fine.wav")
    (tmp_path / "m.jsonl").write_text(json.dumps({"id": name, "path": "fine.wav"}))
    with pytest.raises(UsageError, match="its id has control characters; rename it") as refused:
        load_dataset(str(tmp_path / "m.jsonl"), registry())
    assert str(refused.value).isprintable()


def test_blanks_of_all_kinds_are_fine(tmp_path: Path) -> None:
    write_clip(tmp_path / "a\u00a0b\u3000c.wav")
    assert len(load_dataset(str(tmp_path), registry()).utterances) == 1
