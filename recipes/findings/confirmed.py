"""How many of the words that each codec changed a second recognizer hears too: shares of E, with intervals.

Words heard anew and words lost count as changed alike, as in `confirmed_wer`; nobody can confirm a word that is lost.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from codecbench.analysis.bootstrap import estimate
from codecbench.analysis.clusters import find_voices
from codecbench.analysis.findings import Findings
from codecbench.errors import UsageError
from codecbench.metrics.confirmed.evidence import ConfirmedEvidence
from codecbench.store import Store
from codecbench.store.ids import by_place
from codecbench.store.rows import ScoreRow
from recipes.findings.records import Measured, Ranged
from recipes.findings.tables import table

METRIC = "confirmed_wer"


@dataclass(frozen=True)
class ConfirmedShare:
    """Of one codec at one operating point: words changed, those confirmed, and their share in percent."""

    codec: str
    point: str
    changed: int
    confirmed: int
    share: Ranged | None
    """None where no word was changed."""


@dataclass(frozen=True)
class ConfirmedWords:
    measured: Measured
    shares: tuple[ConfirmedShare, ...]

    def markdown(self) -> str:
        lines = [
            [one.codec, one.point, str(one.changed), str(one.confirmed), one.share.text(".1f") if one.share else "n/a"]
            for one in self.shares
        ]
        titles = ["codec", "kbps", "words changed", "confirmed", "share, % [95 %]"]
        return f"{table(lines, titles)}\n\n{self.measured}; intervals over speakers, of few words exact.\n"


def find_confirmed(folder: Path) -> ConfirmedWords:
    """The shares of a run, in the order of its codecs and bitrates.

    Raises:
        UsageError: the folder holds no run, or none with scores of `confirmed_wer`.
    """
    with Store(folder) as store:
        results = store.results()
    scored = [row for row in results.scores if row.metric == METRIC and row.status == "ok"]
    if not scored:
        raise UsageError(
            f"the run in '{folder}' has no {METRIC}; add it with: codecbench score {folder} --metrics {METRIC}"
        )
    clusters = find_voices(results.utterances, results.synthetic).clusters
    shares = tuple(_share(place.codec, place.point, rows, clusters) for place, rows in by_place(scored).items())
    return ConfirmedWords(Measured.of(Findings(results).summary), shares)


def _share(codec: str, point: str, rows: list[ScoreRow], clusters: Mapping[str, str]) -> ConfirmedShare:
    told = [(row.utterance, ConfirmedEvidence.from_json(row.detail)) for row in rows]
    counted = [(utterance, one.confirmed, len(one.words)) for utterance, one in told if one.words]
    changed, confirmed = sum(words for *_, words in counted), sum(count for _, count, _ in counted)
    if not changed:
        return ConfirmedShare(codec, point, 0, 0, None)
    found = estimate(
        [float(count) for _, count, _ in counted], [float(words) for *_, words in counted],
        [clusters[utterance] for utterance, *_ in counted], counts=True,
    )  # fmt: skip
    ends = (None if end is None else 100 * end for end in (found.low, found.high))
    return ConfirmedShare(codec, point, changed, confirmed, Ranged(100 * found.value, *ends))
