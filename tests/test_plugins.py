from __future__ import annotations

import importlib
import subprocess
import sys
from importlib.metadata import EntryPoint
from pathlib import Path
from typing import Any

import pytest

from codecbench.api import CodecCard, OperatingPoint
from codecbench.errors import UsageError
from codecbench.plugins import load_registry, registry, source_hash


def test_listing_imports_nothing_heavy() -> None:
    code = (
        "import sys; from codecbench.plugins import registry; registry(); import codecbench.cli;"
        "heavy = {'torch', 'transformers', 'pesq', 'faster_whisper', 'av', 'pycodec2'} & set(sys.modules);"
        "print(sorted(heavy))"
    )
    assert subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout == "[]\n"


def test_the_built_ins_are_there_and_unbroken() -> None:
    found = registry()
    assert found.broken == []
    assert {"pcm", "opus", "codec2", "encodec", "dac"} <= set(found.codec_names())
    quality = {"pesq_wb", "pesq_nb", "stoi", "estoi", "si_sdr", "mel_distance", "lsd", "speaker_similarity"}
    assert quality | {"wer", "cer", "delta_wer", "dwer", "delay_ms", "level_error_db"} <= set(found.metrics)


def test_every_card_is_complete() -> None:
    for entry in registry().codecs.values():
        card = entry.card
        assert card.points, card.spec
        labels = [point.label for point in card.points]
        assert len(set(labels)) == len(labels), card.spec
        assert card.licence != "unknown", card.spec
        if card.track not in ("published", "untrained"):  # those are measured where they are fast enough
            assert card.latency_ms is not None or card.whole_utterance, f"{card.spec}: no latency on its card"
    for entry in registry().metrics.values():
        assert entry.card.description, entry.card.id
        assert entry.card.unit or entry.card.low is not None or entry.card.pooling == "ratio", entry.card.id


def test_each_entry_point_is_guarded() -> None:
    points = (
        EntryPoint("gone", "no_such_module", "codecbench"),
        EntryPoint("attribute", "json:no_such_thing", "codecbench"),
        EntryPoint("classic", "codecbench_classic", "codecbench"),
    )
    found = load_registry(points)
    assert [broken.name for broken in found.broken] == ["attribute", "gone"]
    assert "pcm" in found.codec_names()


def test_a_name_is_taken_once() -> None:
    points = (EntryPoint("a", "codecbench_classic", "codecbench"), EntryPoint("b", "codecbench_classic", "codecbench"))
    assert len(load_registry(points).broken) == 1


def test_unknown_names_are_answered_with_the_known_ones() -> None:
    with pytest.raises(UsageError, match=r"unknown codec 'nope'; known: .*opus"):
        registry().codec("nope")
    with pytest.raises(UsageError, match="codec 'encodec' has no checkpoint 'x'; it has: reference, facebook-24khz"):
        registry().codec("encodec:x")


def test_an_edited_plugin_has_another_source_hash(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    package = tmp_path / "edited_codec"
    package.mkdir()
    (package / "__init__.py").write_text("def make(options): pass\n")
    (package / "model.py").write_text("WIDTH = 1\n")
    monkeypatch.syspath_prepend(str(tmp_path))
    import edited_codec

    before = source_hash(edited_codec.make)
    assert source_hash(edited_codec.make) == before
    (package / "model.py").write_text("WIDTH = 2\n")
    assert source_hash(edited_codec.make) != before


def test_a_package_without_an_init_is_hashed_too_and_nothing_to_hash_is_an_error(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for part in ("one", "other"):
        package = tmp_path / part / "shared_namespace"
        package.mkdir(parents=True)
        (package / f"{part}_codec.py").write_text("def make(options): pass\nWIDTH = 1\n")
        monkeypatch.syspath_prepend(str(tmp_path / part))
    make = importlib.import_module("shared_namespace.one_codec").make
    before = source_hash(make)
    (tmp_path / "one" / "shared_namespace" / "one_codec.py").write_text("def make(options): pass\nWIDTH = 2\n")
    assert source_hash(make) != before
    with pytest.raises(ValueError, match="no source files of 'no_such_package' were found"):
        source_hash(make, ("no_such_package",))


POINTS = (OperatingPoint(6),)


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (("my:codec", POINTS), "name must be a word without"),
        (("", POINTS), "name must be a word without"),
        (("my codec", POINTS), "name must be a word without"),
        (("c", POINTS, "a/b"), "checkpoint must be a word without"),
        (("c", OperatingPoint(6)), "points must be a tuple of at least one OperatingPoint"),
        (("c", ()), "points must be a tuple of at least one OperatingPoint"),
        (("c", (6,)), "points must be a tuple of at least one OperatingPoint"),
        (
            ("c", (OperatingPoint(6, {"a": 1}), OperatingPoint(6, {"a": 2}))),
            "two operating points of one bitrate",
        ),
    ],
)
def test_a_card_that_no_command_line_could_name_is_refused(arguments: tuple[Any, ...], said: str) -> None:
    name, points, *checkpoint = arguments
    with pytest.raises(ValueError, match=said):
        CodecCard(name, 16000, points, *checkpoint)
