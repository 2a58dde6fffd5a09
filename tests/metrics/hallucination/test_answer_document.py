"""What the document answers about the diffusion codec is what `hallucination-answer` printed into `reports/`."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from markdown_cells import cells

ROOT = Path(__file__).parents[3]
HEADING = "## Does the diffusion codec hallucinate more?"
CLEAR = re.compile(r"(\d+\.\d) \[(\d+\.\d), (\d+\.\d)\]")


@pytest.fixture(scope="module")
def told() -> str:
    document = (ROOT / "docs" / "hallucination.md").read_text(encoding="utf-8")
    return document.partition(HEADING)[2].partition("\n## ")[0]


@pytest.fixture(scope="module")
def printed() -> dict[tuple[str, str], str]:
    """By dataset and table: the words of each codec, H-WER, flips of minimal pairs."""
    text = (ROOT / "reports" / "hallucination-answer.md").read_text(encoding="utf-8")
    parts = {}
    for part in ("\n" + text).split("\n## ")[1:]:
        for table in part.split("\n**")[1:]:
            parts[part.splitlines()[0], table.partition(":")[0].partition(",")[0]] = table
    return parts


def count(table: str) -> tuple[str, ...]:
    found = re.search(r"in (\d+) and less in (\d+) of (\d+) comparisons", table)
    assert found
    return found.groups()


def test_every_clear_difference_is_told_and_no_other(told: str, printed: dict[tuple[str, str], str]) -> None:
    rows = cells(printed["eval", "H-WER"])[2:]
    clear = {
        tuple(re.findall(r"\d+\.\d", row[4])) for row in rows if row[5] == "more" and row[4].count("+") == 3
    }  # all three above 0
    assert len(clear) == sum(row[5] != "cannot tell" for row in rows)
    assert set(CLEAR.findall("".join(row[1] for row in cells(told)))) == clear
    lead = {row[0]: row[2].split()[0] for row in rows}
    assert {tuple(row[0].split(" kbps: ")) for row in cells(told)[2:]} == set(lead.items())


def test_how_many_comparisons_are_clear(told: str, printed: dict[tuple[str, str], str]) -> None:
    more, less, of = count(printed["eval", "H-WER"])
    assert less == "0"
    assert f"In {more} of {of} comparisons" in " ".join(told.split())
    more, less, of = count(printed["probe", "H-WER"])
    assert (more, less) == ("0", "0")
    assert f"nothing can be told: 0 of {of}" in told


def test_the_shares_of_the_diffusion_codec(told: str, printed: dict[tuple[str, str], str]) -> None:
    rows = cells(printed["eval", "Words changed"])[2:]
    shares = [int(row[6].split()[0]) for row in rows if row[0] == "ladiff"]
    assert f"{min(shares)} to {max(shares)} % are hallucinated" in " ".join(told.split())
    share = {(row[0], row[1]): int(row[6].split()[0]) for row in rows if row[6] != "n/a"}
    few = [("vocodec", "6"), ("ibpcodec", "6"), ("opus", "6"), ("codec2", "3.2")]
    assert all(float(row[2].split()[0]) <= 10.5 for row in rows if (row[0], row[1]) in few)
    words = " ".join(told.split())
    assert f"{min(map(share.get, few))} to {max(map(share.get, few))} % where about a tenth or less changed" in words
    assert f"has {share['codec2', '3.2']} %" in words
    lost = (share["ladiff", "6"], share["encodec", "6"], share["facodec", "4.8"])
    assert "(LaDiffCodec at 6 kbps {} %, EnCodec {} %, FACodec at 4.8 {} %)".format(*lost) in words
    half = [int(row[6].split()[0]) for row in rows if 40 <= float(row[2].split()[0]) <= 60]
    assert f"{min(half)} to {max(half)} % where about half did" in " ".join(told.split())


def test_the_differences_that_cannot_be_told(told: str, printed: dict[tuple[str, str], str]) -> None:
    words = " ".join(told.split())
    change = {(row[0], row[1]): row[4] for row in cells(printed["eval", "H-WER"])[2:]}
    assert change["3", "encodec at 3"].replace(" ", " points ", 1) + " at 3 kbps" in words
    assert change["6", "encodec at 6"] + " at 6" in words
    flips = {(row[0], row[1]): row[4] for row in cells(printed["pairs", "flips of minimal pairs"])[2:]}
    assert flips["3", "encodec at 3"].replace(" ", " points ", 1) in words


def test_the_weights_and_the_blurs_it_speaks_of(told: str) -> None:
    quality = cells((ROOT / "reports" / "reference-bar.md").read_text(encoding="utf-8"))
    rising = quality[2 : quality.index(next(row for row in quality if "first codebook" in row))]
    best = [float(row[4].split(", ")[-1]) for row in rising]
    assert f"PESQ-WB {min(best):.1f} to {max(best):.1f} at the highest rate" in " ".join(told.split())
    controls = cells((ROOT / "reports" / "hallucination-controls.md").read_text(encoding="utf-8"))
    blurs = [float(row[2]) for row in controls if row[0] == "hallucinated share of E" and "reading" not in row[1]]
    assert f"Of mere blurs up to {100 * max(blurs):.0f} % are called hallucinated" in told


def test_the_flips_of_pairs(told: str, printed: dict[tuple[str, str], str]) -> None:
    more, less, of = count(printed["pairs", "flips of minimal pairs"])
    assert f"in {more} of {of} comparisons clearly more flips, in {less} clearly fewer" in " ".join(told.split())
    rows = cells(printed["pairs", "flips of minimal pairs"])[2:]
    mine = {row[0]: row[2].split()[0] for row in rows}
    words = " ".join(told.split())
    assert f"flips {mine['1.5']} % at 1.5 kbps, {mine['3']} % at 3, {mine['6']} % at 6" in words
    other = {row[1]: row[3].split()[0] for row in rows}
    assert f"EnCodec {other['encodec at 3']} and {other['encodec at 6']} %" in words
    assert f"DAC {other['dac at 3']} and {other['dac at 6']} %" in words
    low = [float(value) for name, value in other.items() if name.split()[0] in ("vocodec", "ibpcodec")]
    assert f"VoCodec and IBPCodec at most {max(low)} %" in words


def test_the_figures_of_this_processor(printed: dict[tuple[str, str], str]) -> None:
    document = (ROOT / "docs" / "hallucination.md").read_text(encoding="utf-8")
    words = " ".join(document.partition("**Another processor hears a little else.**")[2].split())
    lost = {(row[0], row[1]): row[2].split()[0] for row in cells(printed["eval", "Words changed"])[2:]}
    for codec, name in (("vocodec", "VoCodec"), ("ladiff", "LaDiffCodec")):
        assert f"or {lost[codec, '6']} % for {name}" in words
    assert f"of the {count(printed['eval', 'H-WER'])[0]} clear differences above" in words
