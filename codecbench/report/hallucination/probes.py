"""What minimal pairs, phones and seeds say: the pair probe's table, confusions for the script, words of the seeds."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from codecbench.analysis.pairs import FeatureFlips, Flip, PairSummary, summarize_pairs
from codecbench.analysis.phonemes import summarize_phonemes
from codecbench.analysis.proportions import Proportion
from codecbench.analysis.summary import Row, Summary
from codecbench.report.sections import FigureCell
from codecbench.store.ids import CodecId, Place, by_place
from codecbench.store.rows import StoredResults

WORST_FLIPS = 15
WORST_SEED_WORDS = 15


@dataclass(frozen=True)
class PairRow:
    """`cells`: all readings, hearing corrected for guessing, screening loss, then one for each feature (None: none)."""

    name: str
    series: int
    point: str
    cells: tuple[FigureCell, ...]


@dataclass(frozen=True)
class WorstFlip:
    """A word that became its rival, where its margin shifted most; `also` counts further readings and points."""

    name: str
    series: int
    point: str
    word: str
    rival: str
    feature: str
    original: str
    decoded: str
    shift: str
    also: int


@dataclass(frozen=True)
class PairTable:
    features: tuple[str, ...]
    rows: tuple[PairRow, ...]
    flips: tuple[WorstFlip, ...]


@dataclass(frozen=True)
class SeedLine:
    """A place in the text on which seeds disagree; `heard` by seed, "" where the word is gone."""

    name: str
    series: int
    point: str
    utterance: str
    said: str
    heard: tuple[tuple[int, str], ...]


def pair_table(results: StoredResults, summary: Summary, series: Mapping[CodecId, int]) -> PairTable | None:
    """None where no codec × point has a reading that counts."""
    utterances = {row.id: row for row in results.utterances}
    rows_of = by_place(row for row in results.scores if row.metric == "flip_rate")
    known = [
        (row, pairs)
        for row in summary.rows
        if (pairs := summarize_pairs(rows_of.get(row.place, ()), utterances)) is not None
    ]
    if not known:
        return None
    features = tuple(dict.fromkeys(feature.feature for _, pairs in known for feature in pairs.features))
    lines: list[PairRow] = []
    flips: dict[tuple[str, str], list[tuple[Flip, Row]]] = {}
    for row, pairs in known:
        by_name = {feature.feature: feature for feature in pairs.features}
        cells = (*_overall(pairs), *(_feature(by_name.get(name)) for name in features))
        name = row.name
        lines.append(PairRow(name, series[row.codec_id], row.point, cells))
        for flip in pairs.flips:
            flips.setdefault((flip.word, flip.rival), []).append((flip, row))
    worst = [(min(group, key=_shift), len(group) - 1) for group in flips.values()]
    worst.sort(key=lambda one: _shift(one[0]))
    return PairTable(features, tuple(lines), tuple(_flip(*one, also, series) for one, also in worst[:WORST_FLIPS]))


def _shift(flipped: tuple[Flip, Row]) -> float:
    return flipped[0].margin_decoded - flipped[0].margin_original


def _flip(flip: Flip, row: Row, also: int, series: Mapping[CodecId, int]) -> WorstFlip:
    margins = flip.margin_decoded - flip.margin_original, flip.margin_original, flip.margin_decoded
    shift, original, decoded = (f"{nats:+.1f}".replace("-", "−") for nats in margins)
    name, number = row.name, series[row.codec_id]
    return WorstFlip(name, number, row.point, flip.word, flip.rival, flip.feature, original, decoded, shift, also)


def _overall(pairs: PairSummary) -> tuple[FigureCell, FigureCell, FigureCell]:
    every = pairs.overall
    rhymes, lost = every.rhymes, every.screened_out
    untold = f"; {pairs.untold} of an older version do not tell, score them again" if pairs.untold else ""
    return (
        _share(every.flips, f"{every.flips.count:.6g} of {every.flips.n} readings of {pairs.pairs} pairs{untold}"),
        FigureCell(f"{rhymes.score:.0f}", rhymes.score, f"{rhymes.low:.0f} to {rhymes.high:.0f}"),
        FigureCell(f"{100 * every.screening_loss:.1f} %", every.screening_loss, f"{lost} of {lost + every.flips.n}"),
    )


def _feature(counted: FeatureFlips | None) -> FigureCell:
    if counted is None:
        return FigureCell("–", note="no reading of this feature counts here")
    return _share(
        counted.flips, f"{counted.flips.count:.6g} of {counted.flips.n}; mean shift {counted.mean_shift:.1f} nats"
    )


def _share(share: Proportion, note: str) -> FigureCell:
    interval = f"{100 * share.low:.1f} to {100 * share.high:.1f}"
    return FigureCell(f"{100 * share.value:.1f} %", share.value, interval, note)


def confusion_data(results: StoredResults, summary: Summary, places: Sequence[Place]) -> dict[str, Any] | None:
    """JSON: `classes` by feature, and by place (index into `places`) its counts, what was lost, and totals."""
    rows_of = by_place(row for row in results.scores if row.metric == "dper")
    classes: dict[str, list[str]] = {}
    tables: dict[str, Any] = {}
    for row in summary.rows:
        phonemes = summarize_phonemes(rows_of.get(row.place, ()))
        if phonemes is None or row.place not in places:
            continue
        classes = {name: list(table.classes) for name, table in phonemes.confusions.items()}
        tables[str(places.index(row.place))] = {
            "phones": phonemes.phones, "substitutions": phonemes.substitutions, "deletions": phonemes.deletions,
            "insertions": phonemes.insertions,
            "distance": None if phonemes.distance is None else round(phonemes.distance, 3),
            "counts": {name: table.counts for name, table in phonemes.confusions.items()},
            "within": {name: table.within for name, table in phonemes.confusions.items()},
            "lost": {name: table.lost for name, table in phonemes.confusions.items()},
        }  # fmt: skip
    return {"classes": classes, "tables": tables} if tables else None


def seed_lines(summary: Summary, series: Mapping[CodecId, int]) -> list[SeedLine]:
    """Words on which seeds disagree: those that one of them has right first, then the highest rates."""
    lines = []
    several = [(row, place) for row in summary.rows for place in (row.seeds.places if row.seeds else ())]
    several.sort(key=lambda one: ((one[1].reference or "") not in one[1].heard.values(), -one[0].rising_kbps))
    for row, place in several:
        name = row.name
        lines.append(
            SeedLine(
                name, series[row.codec_id], row.point, place.utterance, place.reference or "",
                tuple(sorted(place.heard.items())),
            )
        )  # fmt: skip
    return lines
