"""Which utterances and which codecs' outputs a listening test is made of: of what a run has kept."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from codecbench.analysis.findings import Findings
from codecbench.errors import UsageError
from codecbench.listen.signals import LONGEST_S
from codecbench.report.clips import ORIGINAL, kept_audio
from codecbench.store.ids import CellPlace
from codecbench.store.rows import CodingRow, UtteranceRow

MOST = 12
"""Signals of a trial besides the open reference, the hidden one included (BS.1534-3)."""
KEEP = (
    "the run keeps audio of a few utterances; codecbench run --keep-audio all keeps every one, and codes nothing twice"
)


@dataclass(frozen=True)
class OutputFile:
    """A codec's output of one utterance: the name that a reader sees, and the file."""

    name: str
    cell: CellPlace
    file: Path


@dataclass(frozen=True)
class ChosenUtterance:
    """An utterance to be heard: the original's file, and those of all codecs × points."""

    utterance: str
    original: Path
    takes: tuple[OutputFile, ...]


def choose(
    findings: Findings, folders: Sequence[Path], utterances: Sequence[str] | None
) -> tuple[ChosenUtterance, ...]:
    """All utterances that were kept of every codec × point and are no longer than a trial; or those asked for.

    Raises:
        UsageError: one that was asked for cannot be heard, with the reason, or none can.
    """
    known = {row.id: row for row in findings.results.utterances}
    unknown = next((name for name in utterances or () if name not in known), None)
    if unknown is not None:
        raise UsageError(f"--utterances: the run has no utterance '{unknown}'")
    asked = list(known) if utterances is None else utterances
    codings = _codings(findings)
    found, reasons = [], []
    for name in asked:
        one = _chosen(findings, folders, known[name], codings.get(name, ()))
        if isinstance(one, ChosenUtterance):
            found.append(one)
        elif utterances is not None:
            raise UsageError(f"utterance '{name}' cannot be heard: {one}")
        else:
            reasons.append(one)
    if not found:
        raise UsageError(f"no utterance can be heard: {reasons[0] if reasons else 'the run has none'}")
    return tuple(found)


def check_count(takes: int, others: int, kind: str) -> None:
    """Raises UsageError where a trial of MUSHRA would have more signals than a listener can compare."""
    count = takes + others + 1
    if kind == "mushra" and count > MOST:
        raise UsageError(
            f"{takes} codecs × operating points, {others} anchors and the hidden reference are {count} signals a "
            f"trial; BS.1534-3 allows {MOST}: choose by --codecs and --bitrates"
        )


def _codings(findings: Findings) -> dict[str, list[CodingRow]]:
    """Of each utterance, those of the seed whose audio is kept."""
    seed = min((coding.seed for coding in findings.results.codings), default=0)
    found: dict[str, list[CodingRow]] = {}
    for coding in findings.results.codings:
        if coding.seed == seed:
            found.setdefault(coding.utterance, []).append(coding)
    return found


def _chosen(
    findings: Findings, folders: Sequence[Path], row: UtteranceRow, codings: Sequence[CodingRow]
) -> ChosenUtterance | str:
    """Or why not."""
    if row.seconds is not None and row.seconds > LONGEST_S:
        return f"it is {row.seconds:.1f} s long, a trial has at most {LONGEST_S:g} s"
    original = kept_audio(folders, row.id, ORIGINAL)
    if original is None:
        return f"its original is not kept; {KEEP}"
    takes = []
    for coding in codings:
        name = f"{findings.summary.name(coding.codec_id)} {coding.point}"
        if coding.status != "ok":
            return f"{name} {coding.status}: {coding.reason}"
        file = kept_audio(folders, row.id, coding.place)
        if file is None:
            return f"the output of {name} is not kept; {KEEP}"
        takes.append(OutputFile(name, coding.cell, file))
    return ChosenUtterance(row.id, original, tuple(takes))
