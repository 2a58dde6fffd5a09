"""docs/hallucination.md: what a second recognizer confirms, on the controls and of each codec."""

from __future__ import annotations

from codecbench.controls.hallucination.figures import NOISES, SPLICED
from codecbench.controls.hallucination.splices import CUT, SPLICE
from codecbench.controls.hallucination.table import ControlTable
from recipes.documents.hallucination_controls import figure
from recipes.documents.reports import TITLES, Reports, listed, paragraph, require, rows, share
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
    lines = [
        [name, str(one.words), f"{share(one.value)} [{share(one.low)}, {share(one.high)}]"] for name, one in controls
    ]
    lines += [_codec(one) for one in reports.confirmed.shares if one.share is not None]
    return rows("| | words of E | confirmed share |", lines)


def confirmed_sentence(reports: Reports | None = None) -> str:
    """Whether confirmation tells planted words from noise."""
    here = (reports or Reports()).controls
    areas = {by: [_area(here, noise, by) for noise in NOISES] for by in (*BY, "share")}
    told = all(one.low is not None and one.low > 0.5 for one in areas["confirmed share"])
    better = all(one.value > other.value for one, other in zip(areas["confirmed share"], areas["share"], strict=True))
    found = listed([f"{words} {', '.join(map(_printed, areas[by]))}" for by, words in BY.items()])
    hallucinated = ", ".join(map(_printed, areas["share"]))
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


def _area(here: ControlTable, noise: str, by: str) -> Ranged:
    one = figure(here, (f"{SPLICED} against {noise}: AUC", by))
    require(one.value is not None, f"{one.control} ({one.condition})")
    return Ranged(one.value or 0.0, one.low, one.high)


def _printed(one: Ranged) -> str:
    return f"{share(one.value)} [{share(one.low)}, {share(one.high)}]"


def _codec(one: ConfirmedShare) -> list[str]:
    require(one.share is not None, f"{one.codec} at {one.point} kbps")
    assert one.share is not None
    ends = (None if end is None else end / 100 for end in (one.share.low, one.share.high))
    low, high = map(share, ends)
    return [
        f"{TITLES[one.codec]} at {one.point} kbps",
        str(one.changed),
        f"{share(one.share.value / 100)} [{low}, {high}]",
    ]
