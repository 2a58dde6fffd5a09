"""The words that a codec changed, cell by cell, from the store's rows: verdict, evidence, place in the audio."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Literal

from codecbench.analysis.hallucination import CI, DEGRADED, HALLUCINATED
from codecbench.metrics.audit.evidence import AuditedWord, AuditEvidence
from codecbench.metrics.hallucination.evidence import (
    FixedEvidence,
    InducedEvidence,
    JudgedEvidence,
    Verdict,
    WordError,
)
from codecbench.metrics.phonemes.evidence import PhoneEvidence, PhoneFlip
from codecbench.store.ids import CellPlace, Place
from codecbench.store.rows import StoredResults

FIXED = "cf_wer"
PHONES = "dper"
AUDIT = "word_audit"
Mark = Literal["H", "D", "L", "F", "C"]
MARKS: Mapping[Mark, str] = {
    "H": "hallucinated: fluent, confident, wrong",
    "D": "degraded: lost, doubtful, or no word",
    "L": "recognizer loop, counted as degraded by an older codecbench",
    "F": "fixed: wrong on the original, right here",
    "C": "changed, not judged",
}
"""The letter beside a word, so that nothing hangs on its colour."""


@dataclass(frozen=True)
class Change:
    """One word. `said` is None for an insertion, `heard` for a deletion; `position` as in the metrics' detail.

    Of a fixed word `heard` is what was heard wrongly on the original. `reason` says why a word is degraded. `near`
    names the phones of a near-neighbour flip between the two words. `repeats` counts further words of the same loop.
    `audit` is what PocketSphinx says to a substitution, where it was asked.
    """

    mark: Mark
    position: int
    said: str | None
    heard: str | None
    reason: str = ""
    probability: float | None = None
    original_probability: float | None = None
    margin: float | None = None
    begins: float | None = None
    near: str = ""
    repeats: int = 0
    audit: str = ""


@dataclass(frozen=True)
class ChangedCell:
    """One cell (seed included) with its reference words and all of its changes, in the order of the text."""

    place: Place
    utterance: str
    seed: int
    reference: tuple[str, ...]
    stand_in: bool
    changes: tuple[Change, ...]
    cut: int = 0
    """Words of recognizer loops that were cut before anything was counted."""

    def count(self, mark: Mark) -> int:
        return sum(1 + change.repeats for change in self.changes if change.mark == mark)

    @property
    def broken(self) -> int:
        """|E|."""
        return sum(1 + change.repeats for change in self.changes if change.mark != "F")


def find_changes(results: StoredResults) -> list[ChangedCell]:
    """Every cell whose codec-induced errors are known, in the order of the plan; those without any change too."""
    details: dict[CellPlace, dict[str, Mapping[str, Any]]] = {}
    for row in results.scores:
        if row.metric in (CI, FIXED, HALLUCINATED, DEGRADED, PHONES, AUDIT) and row.status == "ok":
            details.setdefault(row.cell, {})[row.metric] = row.detail
    cells = (_cell(cell, mine) for cell, mine in details.items() if CI in mine)
    return [cell for cell in cells if cell is not None]


def _cell(cell: CellPlace, details: Mapping[str, Mapping[str, Any]]) -> ChangedCell | None:
    """`details` as stored, by metric. None where the score of codec-induced errors does not tell its words."""
    induced = InducedEvidence.from_json(details[CI])
    if induced.reference is None or induced.errors is None:
        return None
    fixes = FixedEvidence.from_json(details.get(FIXED, {})).fixes or ()
    near = _near(PhoneEvidence.from_json(details.get(PHONES, {})).flips or ())
    audits = _audits(AuditEvidence.from_json(details.get(AUDIT, {})).words or ())
    verdicts = [JudgedEvidence.from_json(details.get(metric, {})).words for metric in (HALLUCINATED, DEGRADED)]
    if None in verdicts:
        broken = [_unjudged(error) for error in induced.errors]
    else:
        broken = [_judged(verdict, near, audits) for words in verdicts for verdict in words or ()]
    # What was inserted in a gap stands before the word after it.
    changes = broken + [_fixed(fix) for fix in fixes]
    looped = JudgedEvidence.from_json(details.get(DEGRADED, {})).looped or 0
    cut = looped - sum(change.mark == "L" for change in changes)  # scores of version 1 judged them instead
    ordered = sorted(changes, key=lambda one: (one.position, one.said is not None, one.begins or 0.0))
    reference, stand_in = induced.reference, bool(induced.stand_in)
    return ChangedCell(cell.place, cell.utterance, cell.seed, reference, stand_in, tuple(_folded(ordered)), cut)


def _judged(verdict: Verdict, near: Mapping[tuple[str, str], str], audits: Mapping[int, str]) -> Change:
    word = verdict.evidence
    mark: Mark = "H" if verdict.kind == "hallucinated" else "L" if verdict.reason == "loop" else "D"
    return Change(
        mark, word.position, word.reference, word.heard, verdict.reason, word.probability, word.original_probability,
        word.margin, word.begins, near.get((str(word.reference), str(word.heard)), ""),
        audit=audits.get(word.position, "") if word.operation == "substitution" else "",
    )  # fmt: skip


def _unjudged(error: WordError) -> Change:
    return Change("C", error.position, error.reference, error.heard, begins=error.begins)


def _fixed(fix: WordError) -> Change:
    return Change("F", fix.position, fix.reference, fix.heard, begins=fix.begins)


def _near(flips: Sequence[PhoneFlip]) -> dict[tuple[str, str], str]:
    """By both words: the phones of which one became its near neighbour (one articulatory feature of three differs)."""
    phones: dict[tuple[str, str], str] = {}
    for flip in flips:
        phones.setdefault((flip.original_word, flip.decoded_word), f"{flip.original} → {flip.decoded}")
    return phones


def _audits(words: Sequence[AuditedWord]) -> dict[int, str]:
    """By the place of the reference word: the state, and by how much or why not."""
    said = {}
    for word in words:
        why = f": {word.reason}" if word.nats is None else f", {word.nats:+.1f} nats for the heard word"
        said[word.position] = f"{word.state}{why}"
    return said


def _folded(changes: Sequence[Change]) -> list[Change]:
    """A loop can have hundreds of words: those inserted in one gap become one change."""
    folded: list[Change] = []
    for change in changes:
        last = folded[-1] if folded else None
        if last and last.mark == change.mark == "L" and change.said is None and last.said is None \
                and last.position == change.position:  # fmt: skip
            folded[-1] = Change(**{**vars(last), "repeats": last.repeats + 1})
        else:
            folded.append(change)
    return folded
