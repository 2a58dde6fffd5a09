from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from made_payloads import write_manifest

from codecbench.errors import UsageError
from codecbench.payloads import list_payloads

ROW = {"id": "a", "payload": "6/a.bin", "point": "6", "path": "a.wav", "transcript": "some words", "speaker": "s"}


def test_an_utterance_has_an_entry_for_each_of_its_payloads(tmp_path: Path) -> None:
    rows = [ROW, {**ROW, "payload": "3/a.bin", "point": "3"}, {**ROW, "id": "b", "path": "/b.wav", "mood": "glad"}]
    listing = list_payloads(write_manifest(tmp_path / "mine", rows).parent)
    first, second = listing.dataset.utterances
    assert (listing.dataset.id, first.id, first.path, first.transcript) == (
        "mine", "a", tmp_path / "mine/a.wav", "some words",
    )  # fmt: skip
    assert (second.path, second.extra) == (Path("/b.wav"), {"mood": "glad"})
    assert listing.files["a"] == {"6": tmp_path / "mine/6/a.bin", "3": tmp_path / "mine/3/a.bin"}
    assert any("nothing was encoded" in note for note in listing.dataset.warnings)


def test_without_a_recording(tmp_path: Path) -> None:
    rows = [
        {"id": "a", "payload": "a.npy", "enrolment": "voice.wav", "seconds": "1.5"},
        {"id": "b", "payload": "b.npy"},
    ]
    listing = list_payloads(write_manifest(tmp_path, rows, "tokens.jsonl"))
    first, second = listing.dataset.utterances
    assert (first.path, first.enrolment, first.extra) == (None, tmp_path / "voice.wav", {"seconds": "1.5"})
    assert (second.path, second.enrolment) == (None, None)
    assert listing.files == {"a": {"": tmp_path / "a.npy"}, "b": {"": tmp_path / "b.npy"}}
    assert any("2 of 2 utterances have no recording" in note for note in listing.dataset.warnings)
    with pytest.raises(UsageError, match="utterance 'a' has no recording"):
        _ = first.recording_path


@pytest.mark.parametrize(
    ("rows", "message"),
    [
        ([{"id": "a", "path": "a.wav"}], "line 1 has no payload; it has: 'id', 'path'"),
        ([{"id": "a", "payload": ""}], "entry 1: no payload"),
        ([ROW, ROW], "entry 2: utterance 'a' has a payload of point 6 already"),
        ([ROW, {**ROW, "point": "3", "speaker": "t"}], "entry 2: utterance 'a' is described otherwise than before"),
        ([{**ROW, "seconds": "-1"}], "entry 1: seconds '-1': expected the utterance's length, a positive number"),
        ([{**ROW, "seconds": "long"}], "seconds 'long'"),
        ([{**ROW, "start": "1"}], "has a column 'start'"),
        ([{**ROW, "id": "a\x1bb"}], "its id has control characters"),
    ],
)
def test_a_mistake_is_one_line(rows: list[dict[str, Any]], message: str, tmp_path: Path) -> None:
    with pytest.raises(UsageError, match=message.replace("(", r"\(")) as caught:
        list_payloads(write_manifest(tmp_path, rows))
    assert "\n" not in str(caught.value)


def test_a_folder_has_one_manifest(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="no such folder or manifest"):
        list_payloads(tmp_path / "nowhere")
    with pytest.raises(UsageError, match=r"has none of manifest\.tsv, manifest\.csv, manifest\.jsonl"):
        list_payloads(tmp_path)
    write_manifest(tmp_path, [ROW])
    (tmp_path / "manifest.tsv").write_text("id\tpayload\na\ta.bin\n")
    with pytest.raises(UsageError, match=r"has manifest\.tsv and manifest\.jsonl, expected one"):
        list_payloads(tmp_path)
