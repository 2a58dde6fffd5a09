from __future__ import annotations

import pytest
from made_runs import MadeCodec, made_results

from codecbench.analysis import summarize
from codecbench.analysis.summary import Summary
from codecbench.api import UsageError
from codecbench.plots.curves import rate_quality
from codecbench.plots.families import FAMILIES, by_family

CODECS = [
    MadeCodec("pcm", (96, 128), card={"self_check": True}), MadeCodec("opus", (6, 12), card={"family": "speech"}),
    MadeCodec("mp3", (8, 32), card={"family": "audio"}), MadeCodec("amr", (4.75, 12.2), card={"family": "speech"}),
    MadeCodec("mimi", (1.1, 4.4), track="published"), MadeCodec("mystery", (2, 4)),
]  # fmt: skip


@pytest.fixture(scope="module")
def summary() -> Summary:
    return summarize(made_results(CODECS, utterances=4, metrics=["stoi"]))


def test_a_family_has_a_colour_and_a_dash_and_a_codec_its_marker(summary: Summary) -> None:
    """A stored card of before there were families, with weights, is of a neural codec."""
    plain = rate_quality(summary, "stoi")
    chart = by_family(plain, summary)
    looks = {curve.name: curve.look for curve in chart.panels[0].curves}
    families = {"opus": "speech", "amr": "speech", "mp3": "audio", "mimi": "neural", "mystery": ""}
    assert set(looks) == set(families)
    for name, family in families.items():
        assert (looks[name].colour, looks[name].dash) == (FAMILIES[family].colours[0], FAMILIES[family].dash)
    assert [looks[name].marker for name in ("opus", "amr", "mp3", "mimi", "mystery")] == [0, 1, 0, 0, 0]
    assert [curve.points for curve in chart.panels[0].curves] == [curve.points for curve in plain.panels[0].curves]
    assert len({colour for look in FAMILIES.values() for colour in look.colours}) == 2 * len(FAMILIES)
    assert len({look.dash for look in FAMILIES.values()}) == len(FAMILIES)


def of_one_family(count: int) -> Summary:
    many = [MadeCodec(f"c{number}", (6,), card={"family": "audio"}) for number in range(count)]
    return summarize(made_results(many, utterances=2, metrics=["stoi"]))


def test_up_to_twenty_of_a_family_look_different() -> None:
    summary = of_one_family(20)
    (panel,) = by_family(rate_quality(summary, "stoi"), summary).panels
    assert len({(curve.look.colour, curve.look.marker) for curve in panel.curves}) == 20


def test_more_than_can_be_told_apart_are_refused() -> None:
    summary = of_one_family(21)
    with pytest.raises(
        UsageError, match="21 audio codecs are more than can be told apart, 20: choose some by --codecs"
    ):
        by_family(rate_quality(summary, "stoi"), summary)
