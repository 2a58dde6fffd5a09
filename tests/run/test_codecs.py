from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from codecbench.api import CodecCard, OperatingPoint, WeightsFile
from codecbench.errors import UsageError
from codecbench.plugins import Registered, Registry
from codecbench.run.codecs import select_codecs, select_stored_codecs
from codecbench.run.request import Request

PLAIN = CodecCard("plain", 16000, (OperatingPoint(6.0), OperatingPoint(12.0)))
HEAVY = replace(PLAIN, name="heavy", weights=WeightsFile("w.bin", url="https://example.org/w.bin", sha256="0" * 64))
BROKEN = replace(PLAIN, name="broken", weights=WeightsFile("w.bin", package="no_such_package"))
REQUEST = Request(Path("run"))


@pytest.fixture
def made(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Registry:
    """A codec, one whose weights are not here, and one whose card names what is not there."""
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path))
    monkeypatch.setattr("codecbench.run.codecs.source_hash", lambda *_: "ab")
    found = Registry()
    for card in (PLAIN, HEAVY, BROKEN):
        found.codecs[card.spec] = Registered(card, lambda options: None, "plugin", "module")
    return found


def test_what_cannot_run_is_skipped_and_what_breaks_is_its_plugins_fault(made: Registry) -> None:
    found = select_codecs(REQUEST, made)
    assert [planned.card.name for planned in found.planned] == ["plain"]
    assert [skip.codec for skip in found.skips] == ["heavy"]
    assert [row.codec for row in found.broken] == ["broken"]
    assert found.broken[0].reason.startswith("cannot be planned: ")


def test_points_are_those_asked_for_and_none_is_a_skip_or_a_mistake(made: Registry) -> None:
    (planned,) = select_codecs(replace(REQUEST, codecs="plain", bitrates="12"), made).planned
    assert [point.label for point in planned.points] == ["12"]
    with pytest.raises(UsageError, match="no chosen codec has such a bitrate: no bitrate matches 3; it has 6, 12"):
        select_codecs(replace(REQUEST, codecs="plain", bitrates="3"), made)


def test_weights_of_a_codec_that_is_not_in_the_run_are_a_mistake(made: Registry, tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="--weights heavy:default: that codec is not in --codecs; in the run: plain"):
        select_codecs(replace(REQUEST, codecs="plain", weights={"heavy": tmp_path}), made)


def test_a_codec_of_an_older_run_that_is_gone_is_skipped(made: Registry) -> None:
    found = select_stored_codecs(replace(REQUEST, codecs="plain:default,lyra:x", weights={"lyra:x": Path("w")}), made)
    assert [planned.card.name for planned in found.planned] == ["plain"]
    assert [(skip.codec, skip.checkpoint) for skip in found.skips] == [("lyra", "x")]
    assert found.skips[0].reason.startswith("not scored further: unknown codec 'lyra'")
