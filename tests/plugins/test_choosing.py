from __future__ import annotations

import json
from pathlib import Path

import pytest
from running import codecbench

from codecbench.api import CodecCard, Family, OperatingPoint, Track, UsageError
from codecbench.plugins import Registered, Registry, choose_codecs, registry


def of(*codecs: tuple[str, str, Family, Track]) -> Registry:
    found = Registry()
    point = OperatingPoint(6)
    cards = [CodecCard(name, 16000, (point,), at, family=family, track=track) for name, at, family, track in codecs]
    found.add("codecs", [Registered(card, object, "p", distribution="p", version="1") for card in cards])
    return found


MADE = of(
    ("amr", "default", "speech", "none"), ("amr", "all", "speech", "none"), ("mp3", "default", "audio", "none"),
    ("mine", "default", "", "untrained"), ("plain", "default", "", "none"), ("odd", "default", "audio", "published"),
)  # fmt: skip


@pytest.mark.parametrize(("text", "specs", "named"), [
    ("all", ["amr", "mp3", "mine", "plain", "odd"], []), ("speech", ["amr"], []), ("audio", ["mp3", "odd"], []),
    ("neural", ["mine"], []), ("audio,plain", ["mp3", "odd", "plain"], ["plain"]),
    ("mp3, audio,amr:all", ["mp3", "odd", "amr:all"], ["mp3", "amr:all"]), ("audio,mp3", ["mp3", "odd"], ["mp3"]),
])  # fmt: skip
def test_a_family_stands_for_its_codecs(text: str, specs: list[str], named: list[str]) -> None:
    """A codec with weights is neural unless its card says otherwise."""
    chosen = choose_codecs(text, MADE)
    assert list(chosen.specs) == specs
    assert chosen.named == set(named)
    assert chosen.has_groups == (len(named) < len(specs))


def test_a_codec_of_that_name_goes_first() -> None:
    chosen = choose_codecs("speech", of(("speech", "default", "audio", "none"), ("amr", "default", "speech", "none")))
    assert (chosen.specs, chosen.named) == (("speech",), {"speech"})


def test_an_empty_family_is_one_line() -> None:
    with pytest.raises(UsageError, match="--codecs neural: no installed codec is of the family neural"):
        choose_codecs("neural", of(("amr", "default", "speech", "none")))


def test_a_codec_on_request_has_to_be_named() -> None:
    """Its default checkpoint's card decides."""
    found, point = Registry(), OperatingPoint(6)
    cards = [
        CodecCard("amr", 16000, (point,), family="speech"),
        CodecCard("rare", 16000, (point,), family="speech", on_request=True),
        CodecCard("rare", 16000, (point,), "big", family="speech"),
    ]
    found.add("codecs", [Registered(card, object, "p", distribution="p", version="1") for card in cards])
    assert choose_codecs("all", found).specs == choose_codecs("speech", found).specs == ("amr",)
    named = choose_codecs("speech,rare", found)
    assert (named.specs, named.named) == (("amr", "rare"), {"rare"})


def test_all_are_of_a_family_but_for_the_self_check() -> None:
    cards = [registry().checkpoints(name)[0] for name in registry().codec_names()]
    assert {card.name for card in cards if not card.family} == {card.name for card in cards if card.self_check}


def test_a_family_is_run_and_what_lacks_weights_is_told_without_failing(
    tmp_path: Path, clips: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A codec that is missing fails the run only where it was named."""
    monkeypatch.setenv("CODECBENCH_CACHE", str(tmp_path))
    common = ("--dataset", clips, "--bitrates", "64", "--metrics", "stoi", "--cost", "none", "--limit", 1)
    family = codecbench("run", "--codecs", "speech", "--out", tmp_path / "family", *common)
    assert family.returncode == 0, family.stderr
    assert {"g722", "g711"} <= {line.split()[0].partition(":")[0] for line in family.stdout.splitlines() if line}
    named = codecbench("run", "--codecs", "speech,dac:descript-16khz", "--out", tmp_path / "named", *common)
    assert named.returncode == 3
    assert "dac:descript-16khz did not run: " in named.stderr


def test_list_says_which() -> None:
    listed = json.loads(codecbench("list", "codecs", "--json").stdout)["codecs"]
    assert {card["family"] for card in listed} == {"speech", "audio", "neural", ""}
    printed = codecbench("list", "codecs").stdout.splitlines()
    lines = {line.split()[0]: line for line in reversed(printed) if line}  # the first of each codec, its default
    assert " speech " in lines["opus"]
    assert " audio " in lines["lc3"]
    assert " neural " in lines["encodec"]
