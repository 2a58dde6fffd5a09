"""The figures that documents are written from, and how they are worded."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from textwrap import fill

from codecbench.controls.hallucination.table import ControlTable
from codecbench.errors import UsageError
from recipes.documents.writing import ROOT
from recipes.findings.answers import Answer
from recipes.findings.bars import Bar
from recipes.findings.ceiling import Ceiling
from recipes.findings.confirmed import ConfirmedWords
from recipes.findings.records import read
from recipes.findings.results import Result, load
from recipes.findings.timbre import Timbre

TITLES = {
    "plain": "plain (control)", "plain_causal": "plain, causal (control)", "plain_macs": "plain, more MACs (control)",
    "ibpcodec": "IBPCodec", "vocodec": "VoCodec", "eulerodec": "EuleroDec", "dac": "DAC",
    "facodec": "FACodec", "ladiff": "LaDiffCodec", "encodec": "EnCodec", "codec2": "Codec 2", "opus": "Opus",
}  # fmt: skip
"""How documents name the codecs, by id."""

NUMBERS = ("none", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine")


@dataclass(frozen=True)
class Reports:
    """The JSON files of a folder, each read once when it is asked for. They raise UsageError where one is missing."""

    folder: Path = ROOT / "reports"

    @cached_property
    def controls(self) -> ControlTable:
        return self.controls_on("hallucination-controls")

    def controls_on(self, name: str) -> ControlTable:
        return read(ControlTable, self.folder / f"{name}.json")

    @cached_property
    def answer(self) -> Answer:
        return read(Answer, self.folder / "hallucination-answer.json")

    @cached_property
    def confirmed(self) -> ConfirmedWords:
        return read(ConfirmedWords, self.folder / "confirmed-words.json")

    @cached_property
    def bar(self) -> Bar:
        return read(Bar, self.folder / "reference-bar.json")

    @cached_property
    def ceiling(self) -> Ceiling:
        return read(Ceiling, self.folder / "reference-ceiling.json")

    @cached_property
    def timbre(self) -> Timbre:
        return read(Timbre, self.folder / "timbre.json")

    @cached_property
    def trainings(self) -> list[Result]:
        """Of all learning rates that were tried."""
        return load(self.folder / "reference-track.json")


def require(borne_out: bool, sentence: str) -> None:
    """Raises UsageError where the figures contradict what a document concludes from them."""
    if not borne_out:
        raise UsageError(f"the figures no longer bear out this sentence, rewrite it in recipes/documents: {sentence}")


def share(value: float | None, digits: int = 2) -> str:
    """`.94`, as documents print shares; 0 and 1 without needless zeros."""
    if value is None:
        return "n/a"
    if value == 0:
        return "0"
    text = f"{value:.{digits}f}"
    return "1.0" if float(text) == 1 else text.removeprefix("0")


def listed(names: list[str]) -> str:
    """`a, b and c`."""
    return " and ".join([", ".join(names[:-1]), names[-1]] if len(names) > 1 else names)


def paragraph(text: str) -> str:
    """Lines of at most 120 characters."""
    return fill(text, 120, break_long_words=False, break_on_hyphens=False)


def bullets(*texts: str) -> str:
    """A Markdown list, its lines of at most 120 characters."""
    return "\n".join(
        fill(f"- {text}", 120, subsequent_indent="  ", break_long_words=False, break_on_hyphens=False) for text in texts
    )


def rows(head: str, lines: list[list[str]]) -> str:
    """A Markdown table below the line `head`."""
    rule = "|" + "---|" * (head.count("|") - 1)
    return "\n".join([head, rule, *("| " + " | ".join(line) + " |" for line in lines)]).replace("|  |", "| |")
