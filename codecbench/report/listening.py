"""The utterances whose audio is kept: what was said, what was heard, and the signals to play."""

from __future__ import annotations

from base64 import b64encode
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from codecbench.analysis.summary import Summary
from codecbench.report.figures import codec_name
from codecbench.report.page import AudioMode, Content, Page
from codecbench.report.words import Piece, mark_changes
from codecbench.results import Results, ScoreRow, audio_file


@dataclass(frozen=True)
class Take:
    """One codec × point of an utterance, or its original (`series` None). `audio` is a key into the embedded files.

    `heard` marks what differs from the transcript; `reason` says why nothing was heard or coded.
    """

    name: str
    point: str
    series: int | None
    audio: str | None
    heard: tuple[Piece, ...] | None
    errors: str
    reason: str | None = None


@dataclass(frozen=True)
class Listening:
    """An utterance with all its takes, the original first."""

    utterance: str
    transcript: str | None
    takes: tuple[Take, ...]


@dataclass(frozen=True)
class Clips:
    """Utterances to listen to, and their FLAC files as base64 by key."""

    listenings: tuple[Listening, ...]
    files: Mapping[str, str]


def section(page: Page) -> Content:
    """Its data are the audio files as base64, by key."""
    clips = collect(page.results, page.summary, page.folder, page.audio)
    return Content({"listenings": clips.listenings, "audio": page.audio}, clips.files)


def collect(results: Results, summary: Summary, folder: Path, audio: AudioMode) -> Clips:
    """Every take of the sample utterances; files that were not kept are simply not offered."""
    files: dict[str, str] = {}
    known = {row.id: row for row in results.utterances}
    samples = [name for name in results.meta.get("sample_utterances") or () if name in known]
    listenings = [
        _listening(results, summary, name, known[name].transcript, _Files(folder, files, audio, f"{index}"))
        for index, name in enumerate(samples)
    ]
    return Clips(tuple(listenings), files)


@dataclass(frozen=True)
class _Files:
    folder: Path
    embedded: dict[str, str]
    mode: AudioMode
    prefix: str

    def add(self, utterance: str, *place: str) -> str | None:
        """Embed one file; its key, None where there is none."""
        path = self.folder.joinpath("audio", *place, audio_file(utterance))
        if self.mode == "none" or not path.is_file():
            return None
        key = f"{self.prefix}/{len(self.embedded)}"
        self.embedded[key] = b64encode(path.read_bytes()).decode()
        return key


def _listening(results: Results, summary: Summary, utterance: str, transcript: str | None, files: _Files) -> Listening:
    mine = [row for row in results.scores if row.utterance == utterance]
    # Word error rate first: what is shown as heard is then what its errors were counted on.
    heard = sorted((row for row in mine if "hypothesis" in row.detail), key=lambda row: row.metric != "wer")
    hypotheses = _by_place(heard)
    errors = _by_place([row for row in mine if row.metric == "wer" and row.status == "ok"])
    first = next((row.detail.get("reference_hypothesis") for row in heard), None)
    original = Take("original", "", None, files.add(utterance, "original"), _marked(transcript, first), "")
    takes = [original]
    places = {(codec.codec, codec.checkpoint): index for index, codec in enumerate(summary.codecs)}
    for coding in results.codings:
        place = (coding.codec, coding.checkpoint, coding.point)
        if coding.utterance != utterance or coding.seed != min(row.seed for row in results.codings):
            continue
        ok = coding.status == "ok"
        takes.append(
            Take(
                name=codec_name(coding.codec, coding.checkpoint),
                point=coding.point,
                series=places.get(place[:2]),
                audio=files.add(utterance, *place) if ok else None,
                heard=_marked(transcript, hypotheses[place].detail["hypothesis"] if place in hypotheses else None),
                errors=_errors(errors.get(place)),
                reason=None if ok else f"{coding.status}: {coding.reason or 'no reason given'}",
            )
        )
    return Listening(utterance, transcript, tuple(takes))


Key = tuple[str, str, str]


def _by_place(rows: Sequence[ScoreRow]) -> dict[Key, ScoreRow]:
    """The first of each codec × checkpoint × point: with several seeds, the first seed's."""
    found: dict[Key, ScoreRow] = {}
    for row in rows:
        found.setdefault((row.codec, row.checkpoint, row.point), row)
    return found


def _marked(transcript: str | None, hypothesis: Any) -> tuple[Piece, ...] | None:
    if not isinstance(hypothesis, str):
        return None
    if transcript is None:
        return (Piece("same", hypothesis),)
    return mark_changes(transcript, hypothesis)


def _errors(score: ScoreRow | None) -> str:
    """Word errors as the metric counted them."""
    if score is None or score.numerator is None or score.denominator is None:
        return ""
    return f"{score.numerator:.0f} of {score.denominator:.0f}"
