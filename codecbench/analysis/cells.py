"""The run's cells by place: what two codecs are compared on, utterance by utterance."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from codecbench.analysis.clusters import Voices, find_voices
from codecbench.analysis.paired import Value
from codecbench.analysis.scores import by_utterance
from codecbench.store.facts import Pooling
from codecbench.store.ids import Place
from codecbench.store.rows import CodingRow, ScoreRow, StoredResults


@dataclass(frozen=True)
class Size:
    """What one utterance's payloads hold, all seeds together: `bits`, for `seconds` of originals."""

    bits: float
    seconds: float


@dataclass(frozen=True)
class Cells:
    """`scores` by place and metric, `sizes` by place, then by utterance; only what is ok.

    `speakers` by utterance, and `clusters` (`codecbench.analysis.clusters`): what is resampled, and paired tests flip.
    """

    scores: Mapping[Place, Mapping[str, Mapping[str, Value]]]
    sizes: Mapping[Place, Mapping[str, Size]]
    speakers: Mapping[str, str]
    clusters: Mapping[str, str]

    def values(self, place: Place, metric: str) -> Mapping[str, Value]:
        return self.scores.get(place, {}).get(metric, {})


def collect_cells(results: StoredResults, metrics: Iterable[str], voices: Voices | None = None) -> Cells:
    """Index the rows of `metrics`. An utterance is in only if each of its seeds is ok; seeds are averaged.

    `voices` are those of `results`, where they were found before.
    """
    wanted = set(metrics)
    rows: dict[Place, dict[str, list[ScoreRow]]] = {}
    for row in results.scores:
        if row.metric in wanted:
            place = row.place
            rows.setdefault(place, {}).setdefault(row.metric, []).append(row)
    scores = {
        place: {name: _values(scored, results.metrics[name].pooling) for name, scored in mine.items()}
        for place, mine in rows.items()
    }
    voices = voices or find_voices(results.utterances, results.synthetic)
    return Cells(scores, _sizes(results.codings), voices.speakers, voices.clusters)


def _values(rows: list[ScoreRow], pooling: Pooling) -> dict[str, Value]:
    return {
        score.utterance: Value(score.numerator, score.denominator)
        for score in by_utterance(rows, pooling)
        if score.status == "ok" and score.denominator > 0
    }


def _sizes(codings: Iterable[CodingRow]) -> dict[Place, dict[str, Size]]:
    sizes: dict[Place, dict[str, Size]] = {}
    for row in codings:
        if row.status != "ok" or row.payload_bytes is None or not row.seconds:
            continue
        mine = sizes.setdefault(row.place, {})
        before = mine.get(row.utterance, Size(0.0, 0.0))
        mine[row.utterance] = Size(before.bits + 8 * row.payload_bytes, before.seconds + row.seconds)
    return sizes
