"""The words that a codec changed, cell by cell, from the store's rows: verdict, evidence, place in the audio."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Literal

from codecbench.analysis.hallucination import CI, DEGRADED, HALLUCINATED
from codecbench.store.ids import Place
from codecbench.store.rows import Results, ScoreRow

FIXED = "cf_wer"
PHONES = "dper"
AUDIT = "word_audit"
Mark = Literal["H", "D", "L", "F", "C"]
MARKS: Mapping[Mark, str] = {
    "H": "hallucinated: fluent, confident, wrong",
    "D": "degraded: lost, doubtful, or no word",
    "L": "recognizer loop, counted as degraded",
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

    def count(self, mark: Mark) -> int:
        return sum(1 + change.repeats for change in self.changes if change.mark == mark)

    @property
    def broken(self) -> int:
        """|E|."""
        return sum(1 + change.repeats for change in self.changes if change.mark != "F")


def find_changes(results: Results) -> list[ChangedCell]:
    """Every cell whose codec-induced errors are known, in the order of the plan; those without any change too."""
    rows: dict[tuple[Place, str, int], dict[str, ScoreRow]] = {}
    for row in results.scores:
        if row.metric in (CI, FIXED, HALLUCINATED, DEGRADED, PHONES, AUDIT) and row.status == "ok":
            place = row.place
            rows.setdefault((place, row.utterance, row.seed), {})[row.metric] = row
    return [_cell(*key, found) for key, found in rows.items() if CI in found and "reference" in found[CI].detail]


def _cell(place: Place, utterance: str, seed: int, rows: Mapping[str, ScoreRow]) -> ChangedCell:
    detail = rows[CI].detail
    near = _near(rows[PHONES].detail.get("flips", ())) if PHONES in rows else {}
    audits = _audits(rows[AUDIT].detail.get("words", ())) if AUDIT in rows else {}
    if all(metric in rows and "words" in rows[metric].detail for metric in (HALLUCINATED, DEGRADED)):
        broken = [_judged(word, near, audits) for m in (HALLUCINATED, DEGRADED) for word in rows[m].detail["words"]]
    else:
        broken = [_unjudged(error) for error in detail["errors"]]
    fixes = [_fixed(fix) for fix in rows[FIXED].detail.get("fixes", ())] if FIXED in rows else []
    # What was inserted in a gap stands before the word after it.
    ordered = sorted(broken + fixes, key=lambda one: (one.position, one.said is not None, one.begins or 0.0))
    reference = tuple(map(str, detail["reference"]))
    return ChangedCell(place, utterance, seed, reference, bool(detail.get("stand_in")), tuple(_folded(ordered)))


def _judged(word: Mapping[str, Any], near: Mapping[tuple[str, str], str], audits: Mapping[int, str]) -> Change:
    mark: Mark = "H" if word["kind"] == "hallucinated" else "L" if word["looped"] else "D"
    pair = str(word["reference"]), str(word["heard"])
    return Change(
        mark, int(word["position"]), word["reference"], word["heard"], word["reason"], word["probability"],
        word["original_probability"], word["margin"], word["begins"], near.get(pair, ""),
        audit=audits.get(int(word["position"]), "") if word["operation"] == "substitution" else "",
    )  # fmt: skip


def _unjudged(error: Mapping[str, Any]) -> Change:
    mark: Mark = "L" if error["looped"] else "C"
    return Change(mark, int(error["position"]), error["reference"], error["heard"], begins=error["begins"])


def _fixed(fix: Mapping[str, Any]) -> Change:
    return Change("F", int(fix["position"]), fix["reference"], fix["heard"], begins=fix["begins"])


def _near(flips: Sequence[Mapping[str, str]]) -> dict[tuple[str, str], str]:
    """By both words: the phones of which one became its near neighbour (one articulatory feature of three differs)."""
    found: dict[tuple[str, str], str] = {}
    for flip in flips:
        pair = flip["original_word"], flip["decoded_word"]
        found.setdefault(pair, f"{flip['original']} → {flip['decoded']}")
    return found


def _audits(words: Sequence[Mapping[str, Any]]) -> dict[int, str]:
    """By the place of the reference word: the state, and by how much or why not."""
    found = {}
    for word in words:
        nats, why = word["nats"], word["reason"]
        told = f": {why}" if nats is None else f", {nats:+.1f} nats for the heard word"
        found[int(word["position"])] = f"{word['state']}{told}"
    return found


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
