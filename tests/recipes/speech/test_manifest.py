from __future__ import annotations

from pathlib import Path

from codecbench.datasets import read_manifest
from recipes.speech.manifest import COLUMNS, clear, megabytes, write_manifest


def test_a_manifest_is_one_that_codecbench_reads(tmp_path: Path) -> None:
    (tmp_path / "a.flac").touch()
    row = dict.fromkeys(COLUMNS, "") | {"id": "a", "path": "a.flac", "transcript": 'say "van"', "speaker": "v1"}
    write_manifest(tmp_path, COLUMNS, [row])
    (found,) = read_manifest(tmp_path / "manifest.tsv").utterances
    assert (found.id, found.path, found.transcript, found.speaker) == ("a", tmp_path / "a.flac", 'say "van"', "v1")


def test_clips_of_an_earlier_run_are_gone_and_nothing_else_is(tmp_path: Path) -> None:
    folder = tmp_path / "new"
    clear(folder)
    (folder / "old.flac").write_bytes(b"x" * 500_000)
    (folder / "README.md").write_bytes(b"x" * 500_000)
    assert megabytes(folder) == 1.0
    clear(folder)
    assert [path.name for path in folder.iterdir()] == ["README.md"]
