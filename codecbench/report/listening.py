"""The section to listen in: what was said, what was heard, and the signals to play, utterance by utterance."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Literal, TypeAlias
from urllib.parse import quote

from codecbench.analysis.extremes import ROLES, choose_utterances, find_extremes, listening_metric
from codecbench.metrics.recognition.evidence import EditEvidence
from codecbench.printing.figures import UNKNOWN, Style
from codecbench.report.clips import ORIGINAL, Clip, Clips, audio_key
from codecbench.report.page import Content, Page
from codecbench.report.words import Piece, mark_changes
from codecbench.store.ids import Place
from codecbench.store.rows import CodingRow, ScoreRow, UtteranceRow


@dataclass(frozen=True)
class Take:
    """One codec × point of an utterance, or its original (`series` None). `audio` is a key for the player.

    `matched` is the gain that matches its loudness; `heard` marks what differs from the transcript; `scores` are texts,
    in the order of the section's columns; `reason` says why nothing was heard or coded.
    """

    name: str
    point: str
    series: int | None
    audio: str | None
    matched: str
    heard: tuple[Piece, ...] | None
    errors: str
    scores: tuple[str, ...]
    reason: str | None = None
    kbps: float | None = None
    """By which takes of like bitrate are found: nominal, or measured where the point has no nominal one."""


@dataclass(frozen=True)
class Listening:
    """An utterance with all its takes, the original first. `anchor` is its place in the page, `why` it was chosen."""

    utterance: str
    anchor: str
    why: str
    speaker: str
    seconds: float | None
    transcript: str | None
    takes: tuple[Take, ...]

    @property
    def playable(self) -> bool:
        return any(take.audio for take in self.takes)


@dataclass(frozen=True)
class ExtremeCell:
    """A codec × point's own top, median or flop; `anchor` and `audio` None where the utterance was not kept."""

    utterance: str
    value: str
    anchor: str | None
    audio: str | None


@dataclass(frozen=True)
class ExtremeRow:
    name: str
    series: int | None
    point: str
    cells: tuple[ExtremeCell | None, ...]


def section(page: Page) -> Content:
    """Its data are the audio files by key: see `Clips.data`."""
    clips = Clips(page.folders, page.out or page.folder / "report.html", page.audio, page.audio_mb)
    metric = listening_metric(page.summary.metrics)
    names = _columns(page)
    values = {
        "listenings": _Takes(page, clips).listenings(),
        "columns": [(name, Style.of(page.summary.metrics[name]).unit) for name in names],
        "roles": ROLES,
        "metric": metric,
        "extremes": _extremes(page, metric, clips) if metric else [],
        "problems": clips.problems,
        "audio": page.audio,
    }
    return Content(values, clips.data())


def anchor(utterance: str) -> str:
    """Id of an utterance's page, and the route to it."""
    return f"utterance={quote(utterance, safe='', errors='replace')}"


def _columns(page: Page) -> list[str]:
    """The primary metrics' scores; word errors have a column of their own."""
    return [name for name in page.summary.primary if name in page.summary.metrics and name != "wer"]


Scores: TypeAlias = Mapping[tuple[Place, str], ScoreRow]
"""By codec × checkpoint × point and metric."""


class _Takes:
    def __init__(self, page: Page, clips: Clips) -> None:
        self.page, self.clips, self.names = page, clips, _columns(page)
        self.rates = {row.place: float(f"{row.rising_kbps:.3g}") for row in page.summary.rows}
        self.seed = min((row.seed for row in page.results.codings), default=0)

    def listenings(self) -> list[Listening]:
        results = self.page.results
        known = {row.id: row for row in results.utterances}
        kept = [name for name in results.meta.get("sample_utterances") or () if name in known]
        why = {one.utterance: one.why for one in choose_utterances(results)}
        return [self._listening(known[name], why.get(name, "")) for name in kept]

    def _listening(self, row: UtteranceRow, why: str) -> Listening:
        results = self.page.results
        codings = [c for c in results.codings if c.utterance == row.id and c.seed == self.seed]
        self.clips.add_utterance(row.id, [ORIGINAL, *(c.place for c in codings if c.status == "ok")])
        mine = [score for score in results.scores if score.utterance == row.id]
        # Word error rate first: what is shown as heard is then what its errors were counted on.
        heard = sorted(
            (score for score in mine if _texts(score).hypothesis is not None), key=lambda s: s.metric != "wer"
        )
        texts = _first(heard, lambda one: one.place)
        scores: Scores = _first(mine, lambda one: (one.place, one.metric))
        key = audio_key(row.id, *ORIGINAL)
        said = _heard(row, heard[0] if heard else None, "original")
        original = Take(
            "original", "", None, key if key in self.clips.found else None, "", said, "", ("",) * len(self.names)
        )
        takes = [self._take(coding, row, texts.get(coding.place), scores) for coding in codings]
        return Listening(row.id, anchor(row.id), why, row.speaker, row.seconds, row.transcript, (original, *takes))

    def _take(self, coding: CodingRow, row: UtteranceRow, text: ScoreRow | None, scores: Scores) -> Take:
        place, key = coding.place, audio_key(row.id, *coding.place)
        clip = self.clips.found.get(key)
        ok = coding.status == "ok"
        return Take(
            name=self.page.summary.name(coding.codec_id),
            point=coding.point,
            series=self.page.summary.series.get(place.codec_id),
            audio=key if clip else None,
            matched=_matched(clip),
            heard=_heard(row, text, "decoded"),
            errors=_errors(scores.get((place, "wer"))),
            scores=tuple(self._number(scores.get((place, name)), name) for name in self.names),
            reason=None if ok else f"{coding.status}: {coding.reason or 'no reason given'}",
            kbps=self.rates.get(place),
        )

    def _number(self, score: ScoreRow | None, name: str) -> str:
        if score is None or score.value is None:
            return UNKNOWN
        return Style.of(self.page.summary.metrics[name]).number(score.value)


def _extremes(page: Page, metric: str, clips: Clips) -> list[ExtremeRow]:
    results, style = page.results, Style.of(page.summary.metrics[metric])
    kept = set(results.meta.get("sample_utterances") or ())
    rows = []
    for place, extremes in find_extremes(results, metric).items():
        cells: dict[str, ExtremeCell] = {}
        for one in extremes:
            key = audio_key(one.utterance, *place)
            cells[one.role] = ExtremeCell(
                one.utterance, style.number(one.value), anchor(one.utterance) if one.utterance in kept else None,
                key if key in clips.found else None,
            )  # fmt: skip
        name = page.summary.name(place.codec_id)
        rows.append(
            ExtremeRow(
                name, page.summary.series.get(place.codec_id), place.point, tuple(cells.get(role) for role in ROLES)
            )
        )
    return rows


def _first(rows: Sequence[ScoreRow], key: Any) -> dict[Any, ScoreRow]:
    """The first of each: with several seeds, the first seed's."""
    first: dict[Any, ScoreRow] = {}
    for row in rows:
        first.setdefault(key(row), row)
    return first


def _matched(clip: Clip | None) -> str:
    return clip.match.text if clip else ""


def _texts(score: ScoreRow) -> EditEvidence:
    return EditEvidence.from_json(score.detail)


def _heard(row: UtteranceRow, score: ScoreRow | None, side: Literal["original", "decoded"]) -> tuple[Piece, ...] | None:
    """What was heard, marked where it differs: in the normalized words that were counted, where the store has them."""
    if score is None:
        return None
    texts, decoded = _texts(score), side == "decoded"
    if (read := texts.normalized) is not None:
        said = read.decoded if decoded else read.original
        return None if said is None else mark_changes(read.transcript, said)
    hypothesis = texts.hypothesis if decoded else texts.reference_hypothesis
    if hypothesis is None:
        return None
    if row.transcript is None:
        return (Piece("same", hypothesis),)
    return mark_changes(row.transcript, hypothesis)


def _errors(score: ScoreRow | None) -> str:
    """Word errors as the metric counted them."""
    if score is None or score.status != "ok" or score.numerator is None or score.denominator is None:
        return ""
    return f"{score.numerator:.0f} of {score.denominator:.0f}"
