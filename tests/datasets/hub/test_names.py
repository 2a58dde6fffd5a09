from __future__ import annotations

import pytest

from codecbench.datasets.hub.names import HubName, files_of, parse
from codecbench.errors import UsageError

FILES = (
    "README.md", "clean/test/0000.parquet", "clean/test/0001.parquet", "clean/validation/0000.parquet",
    "other/test/0000.parquet", "data/train-00000-of-00002.parquet", "data/train-00001-of-00002.parquet",
    "data/test.clean-00000-of-00001.parquet", "own/metadata.csv", "own/audio/a.wav", "owner/b.wav",
)  # fmt: skip


@pytest.mark.parametrize(
    ("spec", "name"),
    [
        ("hf:a/b@main:test", HubName("a/b", "main", "test")),
        ("hf:a/b:clean/test", HubName("a/b", "main", "clean/test")),
        ("hf:a/b.c@refs/convert/parquet:test", HubName("a/b.c", "refs/convert/parquet", "test")),
    ],
)
def test_a_name_is_read(spec: str, name: HubName) -> None:
    assert parse(spec) == name


NO_NAMES = ("hf:", "hf:a:test", "hf:a/b", "hf:a/b@main", "hf:a/b@:test", "hf:a/b:te st", "hf:a/b/c:t")


@pytest.mark.parametrize("spec", NO_NAMES)
def test_what_is_no_name_says_what_is(spec: str) -> None:
    with pytest.raises(UsageError, match="expected hf:OWNER/NAME@REVISION:SPLIT, for example"):
        parse(spec)


@pytest.mark.parametrize(
    ("split", "files", "parquet"),
    [
        ("clean/test", ("clean/test/0000.parquet", "clean/test/0001.parquet"), True),
        ("train", ("data/train-00000-of-00002.parquet", "data/train-00001-of-00002.parquet"), True),
        ("test.clean", ("data/test.clean-00000-of-00001.parquet",), True),
        ("own", ("own/metadata.csv", "own/audio/a.wav"), False),
    ],
)
def test_the_files_of_a_split(split: str, files: tuple[str, ...], parquet: bool) -> None:
    found = files_of(HubName("a/b", "main", split), FILES)
    assert (found.files, found.parquet, found.folder) == (files, parquet, "" if parquet else "own")


@pytest.mark.parametrize(
    ("split", "said"),
    [
        ("test", "is there several times; write one of: clean/test, other/test"),
        ("dev", "is of split 'dev'; it has: clean/test, clean/validation, other/test, own, test.clean, train"),
    ],
)
def test_a_split_that_is_not_there_or_several_times(split: str, said: str) -> None:
    with pytest.raises(UsageError) as refused:
        files_of(HubName("a/b", "main", split), FILES)
    assert said in str(refused.value)
