"""What the document says of the verdict's controls is what the command printed into `reports/`."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from markdown_cells import cells

from codecbench.report.hallucination.thresholds import CONTROL_COUNT, CONTROL_WORDS

ROOT = Path(__file__).parents[3]
ROUNDED = 0.00501
"""Two decimals in the document, three in the report."""
BLURS = "share hallucinated of E under noise"
SWAPPED, FLIPPED = "planted word (another utterance)", "planted word (rival reading)"
LINES = {
    "planted word: another utterance": [(f"{SWAPPED}: found, of S + I", "another utterance")],
    "planted word: the rival reading": [
        (f"{FLIPPED}: found (recall)", "rival reading"),
        (f"{FLIPPED}: precision within those files", "rival reading"),
    ],
    "the rival reading: precision pooled": [
        (f"{FLIPPED}: precision, pooled with all blurs", "rival reading"),
        (f"{FLIPPED} in Opus 6k: found", "rival reading in Opus 6k"),
    ],
    "AUC of the margin": [
        (f"{SWAPPED} against blurs: AUC", "margin"),
        (f"{FLIPPED} against blurs: AUC", "margin"),
        (f"{FLIPPED} in Opus 6k against Opus 6k: AUC", "margin"),
    ],
}
"""By how a line of the document begins: the report's rows whose figures it gives."""


def read(name: str) -> dict[tuple[str, str], tuple[list[float], int]]:
    """Value, low and high, and of how many, by control and condition."""
    rows = cells((ROOT / "reports" / name).read_text(encoding="utf-8"))[2:]
    return {(row[0], row[1]): ([float(row[2]), *map(float, row[3].split(" to "))], int(row[4])) for row in rows}


@pytest.fixture(scope="module")
def printed() -> dict[tuple[str, str], tuple[list[float], int]]:
    return read("hallucination-controls.md")


@pytest.fixture(scope="module")
def told() -> list[list[str]]:
    return cells((ROOT / "docs" / "hallucination.md").read_text(encoding="utf-8"))


def found(told: list[list[str]], beginning: str) -> str:
    (figures,) = [row[1] for row in told if row[0].startswith(beginning)]
    return figures


def numbers(figures: str) -> list[list[float]]:
    """`.94 [.88, .96]` as value, low and high; the value alone where no interval is given."""
    groups = re.findall(r"(\d*\.\d+)(?: \[(\d*\.\d+), (\d*\.\d+)\])?", figures)
    return [[float(number) for number in group if number] for group in groups]


@pytest.mark.parametrize("beginning", LINES)
def test_planted_words(beginning: str, printed: dict, told: list[list[str]]) -> None:
    given = numbers(found(told, beginning))
    assert len(given) == len(LINES[beginning])
    for figures, row in zip(given, LINES[beginning], strict=True):
        assert figures == pytest.approx(printed[row][0][: len(figures)], abs=ROUNDED), row


def blurred(printed: dict) -> dict[str, list[float]]:
    return {
        condition: value
        for (control, condition), (value, _) in printed.items()
        if control == "hallucinated share of E" and "reading" not in condition
    }


def test_every_blur_keeps_its_limit(printed: dict, told: list[list[str]]) -> None:
    shares = blurred(printed)
    assert len(shares) == 9
    line = found(told, BLURS)
    least, most = (float(number) for number in re.findall(r"^(\.\d+) to (\.\d+), the most for Opus 6k", line)[0])
    values = [value[0] for value in shares.values()]
    assert [least, most] == pytest.approx([min(values), max(values)], abs=ROUNDED)
    assert max(values) <= 0.25
    (errors,) = (int(number) for number in re.findall(r"of (\d+) errors", line))
    assert errors == printed["hallucinated share of E", "Opus 6k"][1]
    assert shares["Opus 6k"] == max(shares.values())
    assert numbers(line.split("Opus 6k")[1])[0] == pytest.approx(shares["Opus 6k"], abs=ROUNDED)


def test_the_floor_that_every_report_prints(printed: dict) -> None:
    value, words = printed["H-WER: false-alarm floor", "Opus 32k"]
    assert words == CONTROL_WORDS
    share = CONTROL_COUNT / CONTROL_WORDS
    assert share == pytest.approx(value[0], abs=0.0005)


def test_another_processor(printed: dict) -> None:
    document = (ROOT / "docs" / "hallucination.md").read_text(encoding="utf-8")
    said = document.partition("On a processor that the thresholds have not seen")[2].partition("\n\n")[0]
    other = read("hallucination-controls-no-avx512.md")
    shares = [value[0] for value in blurred(other).values()]
    both = ("planted word: another utterance", "planted word: the rival reading")
    planted = [other[row][0] for key in both for row in LINES[key]]
    areas = [other[row][0] for row in LINES["AUC of the margin"]]
    given = [number for (number,) in numbers(said)]
    rounded = [min(shares), max(shares), *(value[0] for value in planted)]
    assert given[:5] == pytest.approx(rounded, abs=ROUNDED)
    assert given[5:8] == [value[0] for value in areas]
    synthetic = [value[0] for value in blurred(read("hallucination-controls-probe-no-avx512.md")).values()]
    assert given[8:] == [0.90, *areas[1][1:], pytest.approx(max(synthetic), abs=ROUNDED)]
    assert min(synthetic) == 0
    assert max(shares) <= 0.25
    assert max(synthetic) <= 0.30
    floor = ("H-WER: false-alarm floor", "Opus 32k")
    assert other[floor] == printed[floor]
