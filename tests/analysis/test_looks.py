from __future__ import annotations

from pathlib import Path

import pytest
from made_outsiders import OUTSIDERS
from made_runs import MadeCodec, made_results

from codecbench.analysis import summarize
from codecbench.analysis.looks import MARKERS, Look, Wish, Wishes, find_looks, load_wishes
from codecbench.analysis.view import View
from codecbench.errors import UsageError
from codecbench.store.ids import CodecId

IDS = [CodecId(name, "default") for name in (*OUTSIDERS, "opus")] + [CodecId("encodec", "reference")]


def test_ten_codecs_have_ten_colours_and_markers_without_a_dash() -> None:
    looks = find_looks(IDS)
    assert len({look.colour for look in looks.values()}) == len({look.marker for look in looks.values()}) == 10
    assert {look.dash for look in looks.values()} == {0}
    assert looks[CodecId("opus", "default")] == Look("opus", 1, 1)
    assert looks[CodecId("encodec", "reference")] == Look("encodec (reference)", 4, 4)


def test_the_eleventh_is_dashed_and_no_two_of_thirty_are_alike() -> None:
    looks = find_looks([*IDS, *(CodecId(f"more{number}", "default") for number in range(20))])
    assert [look.dash for look in looks.values()] == [0] * 10 + [1] * 10 + [2] * 10
    assert len({(look.colour, look.marker, look.dash) for look in looks.values()}) == 30


def test_a_file_says_how_codecs_are_called_and_drawn(tmp_path: Path) -> None:
    file = tmp_path / "codecs.toml"
    file.write_text(
        '[encodec]\nlabel = "EnCodec"\n["mimi:kyutai"]\nlabel = "Mimi"\ncolour = "#123456"\nmarker = "star"\n'
    )
    wishes = load_wishes(file)
    looks = find_looks([CodecId("encodec", "reference"), CodecId("mimi", "kyutai"), CodecId("mimi", "small")], wishes)
    assert [look.label for look in looks.values()] == ["EnCodec (reference)", "Mimi", "mimi:small"]
    assert looks[CodecId("mimi", "kyutai")] == Look("Mimi", "#123456", MARKERS.index("star"))
    asked = wishes.with_labels({"mimi:kyutai": "Mimi, 2024"}).wish(CodecId("mimi", "kyutai"))
    assert asked == Wish("Mimi, 2024", "#123456", "star")


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("encodec = 3", "expected a table of texts"),
        ('[encodec]\nlabel = " "', "expected a table of texts"),
        ('[encodec]\ncolor = "#123456"', "unknown key 'color'; known: label, colour, marker"),
        ('[encodec]\ncolour = "red"', "expected #rrggbb"),
        ('[encodec]\nmarker = "dot"', "unknown marker 'dot'; known: circle"),
        ("[encodec", "cannot be read"),
    ],
)
def test_what_a_file_says_wrong_is_one_line(tmp_path: Path, text: str, message: str) -> None:
    file = tmp_path / "codecs.toml"
    file.write_text(text)
    with pytest.raises(UsageError, match=message.replace("[", r"\[")):
        load_wishes(file)


def test_two_codecs_that_would_be_one_to_a_reader_are_refused() -> None:
    mimi = [CodecId("mimi", "kyutai"), CodecId("mimi", "small")]
    with pytest.raises(UsageError, match="mimi:kyutai and mimi:small would both be called 'Mimi'"):
        find_looks(mimi, Wishes({"mimi": Wish("Mimi")}, "--label"))
    alike = Wish(colour="#0072b2", marker="circle")
    wishes = Wishes({"opus": alike, "mimi": alike}, "'codecs.toml'")
    with pytest.raises(UsageError, match="opus:default and mimi:kyutai would look alike; change the marker of one"):
        find_looks([CodecId("opus", "default"), mimi[0]], wishes)


def test_a_summary_calls_codecs_as_asked_also_those_that_ran_nowhere() -> None:
    summary = summarize(
        made_results([MadeCodec("mine", (6,))]), View(Wishes({"mine": Wish("Mine"), "gone": Wish("Gone")}))
    )
    assert [row.name for row in summary.rows] == ["Mine"]
    assert summary.name(CodecId("gone", "default")) == "Gone"
    assert summary.name(CodecId("dac", "reference")) == "dac (reference)"
