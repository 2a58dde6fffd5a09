"""docs/hallucination.md: what a second recognizer confirms, on the controls and of each codec."""

from __future__ import annotations

from codecbench.controls.hallucination.figures import NOISES, SPLICED
from codecbench.controls.hallucination.splices import CUT, SPLICE
from recipes.documents.hallucination_controls import figure, ranged, value_of
from recipes.documents.reports import TITLES, Reports, listed, paragraph, rows, share
from recipes.findings.confirmed import ConfirmedShare
from recipes.findings.records import Ranged

CONFIRMED = "confirmed share of E"
CONDITIONS = {
    SPLICE: "words of the same reader spliced into running speech", CUT: "words cut out of it",
    "noise 10 dB": "noise at 10 dB", "noise 0 dB": "noise at 0 dB", "low-pass 1 kHz": "low-pass at 1 kHz",
}  # fmt: skip
BY = {"confirmed words": "by confirmed words", "confirmed share": "by the confirmed share"}


def confirmed_table(reports: Reports | None = None) -> str:
    """The controls, then each codec of the run."""
    reports = reports or Reports()
    controls = [(name, figure(reports.controls, (CONFIRMED, condition))) for condition, name in CONDITIONS.items()]
    lines = [[name, str(one.words), ranged(one)] for name, one in controls]
    lines += [_codec(one, one.share) for one in reports.confirmed.shares if one.share is not None]
    return rows("| | words of E | confirmed share |", lines)


def confirmed_sentence(reports: Reports | None = None) -> str:
    """Whether confirmation tells planted words from noise."""
    here = (reports or Reports()).controls
    areas = {by: [figure(here, (f"{SPLICED} against {noise}: AUC", by)) for noise in NOISES] for by in (*BY, "share")}
    told = all(one.low is not None and one.low > 0.5 for one in areas["confirmed share"])
    pairs = zip(areas["confirmed share"], areas["share"], strict=True)
    better = all(value_of(one) > value_of(other) for one, other in pairs)
    found = listed([f"{words} {', '.join(map(ranged, areas[by]))}" for by, words in BY.items()])
    hallucinated = ", ".join(map(ranged, areas["share"]))
    if not told:
        conclusion = "So it is not shown that confirmation tells a speaker of other words from noise"
    elif better:
        conclusion = f"The confirmed share tells them apart better than the hallucinated share does ({hallucinated})"
    else:
        conclusion = f"The confirmed share tells them apart, but the hallucinated share does it better ({hallucinated})"
    conclusion += ", and it stays on request: evidence to look closer with."
    return paragraph(
        f"AUC of spliced utterances against {listed(list(NOISES))}, utterance by utterance: {found}. {conclusion} "
        f"Confirmed by {here.second}."
    )


def _codec(one: ConfirmedShare, found: Ranged) -> list[str]:
    low, high = (share(None if end is None else end / 100) for end in (found.low, found.high))
    place = f"{TITLES[one.codec]} at {one.point} kbps"
    return [place, str(one.changed), f"{share(found.value / 100)} [{low}, {high}]"]
