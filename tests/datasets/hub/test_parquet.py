from __future__ import annotations

from pathlib import Path
from typing import Any

import made_layouts
import pytest

from codecbench.datasets.hub.parquet import MANIFEST, write_speech
from codecbench.datasets.manifest import read_manifest
from codecbench.errors import UsageError

arrow: Any = pytest.importorskip("pyarrow")
parquet: Any = pytest.importorskip("pyarrow.parquet")


def table(path: Path, rows: list[dict[str, Any]]) -> Path:
    parquet.write_table(arrow.Table.from_pylist(rows), path)
    return path


def audio(folder: Path, name: str) -> dict[str, Any]:
    made_layouts.write_audio(folder / name)
    return {"bytes": (folder / name).read_bytes(), "path": "other.raw"}


def row(folder: Path, number: int, suffix: str = "flac", **more: Any) -> dict[str, Any]:
    return {"audio": audio(folder, f"{number}.{suffix}"), "text": f"word {number}", "speaker_id": number, **more}


def test_rows_become_files_and_a_manifest(tmp_path: Path) -> None:
    more = {"duration": 0.5, "words": ["a"]}
    rows = [
        row(tmp_path, 0, id="x-0", gender="male", locale="fr", note="n", **more),
        row(tmp_path, 1, "wav", id="x-1", gender="female", locale="en", note="", **more),
    ]
    out = tmp_path / "out"
    out.mkdir()
    write_speech([table(tmp_path / "0.parquet", rows[:1]), table(tmp_path / "1.parquet", rows[1:])], out, "test")
    first, second = read_manifest(out / MANIFEST).utterances
    assert (first.id, first.path.name, first.transcript, first.speaker, first.sex) == (
        "x-0", "000000.flac", "word 0", "0", "M",
    )  # fmt: skip
    assert dict(first.extra) == {"language": "fr", "note": "n"}
    assert (second.path.name, second.sex) == ("000001.wav", "F")
    assert second.path.read_bytes() == rows[1]["audio"]["bytes"]


def test_ids_that_are_not_there_or_not_unique_are_the_rows(tmp_path: Path) -> None:
    rows = [row(tmp_path, number, id="same", lang_id=3) for number in range(2)]
    write_speech([table(tmp_path / "0.parquet", rows)], tmp_path, "clean/test")
    utterances = read_manifest(tmp_path / MANIFEST).utterances
    assert [one.id for one in utterances] == ["clean-test-000000", "clean-test-000001"]
    assert [one.language for one in utterances] == ["en", "en"]  # a number is no code


@pytest.mark.parametrize(
    ("rows", "said"),
    [
        ([{"audio": {"bytes": None, "path": "a.wav"}}, {"audio": {"bytes": b"x", "path": "a.wav"}}], "row 0 of split"),
        ([{"audio": {"bytes": b"x", "path": "a.m4a"}}], "is of a format that is not read"),
        ([{"text": "x"}], "has 0 columns with audio, expected one, or one called 'audio'; it has: text"),
        ([{"a": {"bytes": b"x"}, "b": {"bytes": b"x"}}], "has 2 columns with audio"),
    ],
)
def test_rows_without_audio(tmp_path: Path, rows: list[dict[str, Any]], said: str) -> None:
    with pytest.raises(UsageError) as refused:
        write_speech([table(tmp_path / "0.parquet", rows)], tmp_path, "test")
    assert said in str(refused.value)


def test_what_is_no_parquet_and_no_pyarrow(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "0.parquet").write_text("version https://git-lfs")
    with pytest.raises(UsageError, match=r"'0\.parquet' cannot be read"):
        write_speech([tmp_path / "0.parquet"], tmp_path, "test")
    monkeypatch.setitem(__import__("sys").modules, "pyarrow", None)
    with pytest.raises(UsageError, match=r"pip install 'codecbench\[hub\]'"):
        write_speech([tmp_path / "0.parquet"], tmp_path, "test")
