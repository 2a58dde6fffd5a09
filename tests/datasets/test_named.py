from __future__ import annotations

import re
from collections import Counter
from pathlib import Path

import made_layouts
import pytest

from codecbench.api import UsageError, Utterance
from codecbench.datasets import load_dataset
from codecbench.datasets.named import SUBSET, a_hundred
from codecbench.plugins import registry

NAMES = (
    "librispeech:test-clean",
    "librispeech:test-clean-100",
    "librispeech:test-other",
    "libritts:test-clean",
    "vctk",
)


def test_the_hundred_are_of_all_speakers_and_in_the_order_of_the_whole() -> None:
    whole = [
        Utterance(f"{speaker}-{n:04}", Path("x"), speaker=str(speaker)) for speaker in range(40) for n in range(65)
    ]
    part = a_hundred(whole)
    assert len(part) == SUBSET
    assert set(Counter(one.speaker for one in part).values()) == {2, 3}
    assert part == sorted(part, key=whole.index)
    assert {one.id for one in a_hundred(whole[::-1])} == {one.id for one in part}
    # Of `printf 0-0000 | sha256sum`, and so on, these are the smallest.
    assert [one.id for one in part if one.speaker == "0"][:2] == ["0-0039", "0-0050"]


def test_fewer_than_a_hundred_are_all() -> None:
    whole = [Utterance(str(n), Path("x"), speaker=str(n % 3)) for n in range(30)]
    assert a_hundred(whole) == whole


def test_each_has_its_licence_and_where_it_comes_from(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CODECBENCH_CACHE", str(tmp_path))
    for name in NAMES:
        card = registry().datasets[name].card
        assert (card.licence, card.archive.url.startswith("https://")) == ("CC BY 4.0", True)
        with pytest.raises(UsageError, match=re.escape(f"fetch it: codecbench datasets pull {name}")):
            load_dataset(name, registry())


def test_of_vctk_the_first_microphone_alone_is_unpacked() -> None:
    members = registry().datasets["vctk"].card.archive.members
    wanted = [name for name in ("txt/p225/p225_001.txt", "w/p225_001_mic1.flac", "w/p225_001_mic2.flac")
              if re.fullmatch(members, name)]  # fmt: skip
    assert wanted == ["txt/p225/p225_001.txt", "w/p225_001_mic1.flac"]


@pytest.mark.parametrize("spec", ["librispeech:tset-clean", "vctl", "librispeech:test_clean"])
def test_a_name_misspelt_lists_the_known_ones(spec: str) -> None:
    with pytest.raises(UsageError, match=f"unknown dataset '{spec}'; known: probe, pairs, librispeech:test-clean, "):
        load_dataset(spec, registry())


def test_a_folder_of_the_same_name_is_given_by_its_path(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CODECBENCH_CACHE", str(tmp_path / "cache"))
    folder = made_layouts.librispeech(tmp_path, {"1089": "M"})
    monkeypatch.chdir(folder.parent)
    with pytest.raises(UsageError, match="not on this machine"):
        load_dataset("librispeech:test-clean", registry())
    assert len(load_dataset("librispeech:./test-clean", registry()).utterances) == 2
