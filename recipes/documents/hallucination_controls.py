"""docs/hallucination.md: how well the verdict tells planted words from blurs."""

from __future__ import annotations

from codecbench.controls.hallucination.figures import FLIPPED, NOISES, SPLICED, SWAPPED, ControlFigure
from codecbench.controls.hallucination.splices import CUT, SPLICE
from codecbench.controls.hallucination.stimuli import FLIP, FLIP_CODED, SWAP
from codecbench.controls.hallucination.table import ControlTable
from codecbench.recognizers.whisper import CARD
from recipes.documents.reports import Reports, paragraph, require, rows, share

PROBE = "hallucination-controls-probe"
FOUND, RECALL = (f"{SWAPPED}: found, of S + I", SWAP), (f"{FLIPPED}: found (recall)", FLIP)
PRECISION = (f"{FLIPPED}: precision within those files", FLIP)
POOLED = (f"{FLIPPED}: precision, pooled with all blurs", FLIP)
INSIDE = (f"{FLIPPED} in Opus 6k: found", FLIP_CODED)
AREAS = tuple(
    (f"{planted}: AUC", "margin")
    for planted in (f"{SWAPPED} against blurs", f"{FLIPPED} against blurs", f"{FLIPPED} in Opus 6k against Opus 6k")
)
CHANGED, EXACT = (f"{SPLICED}: changed at all", SPLICE), (f"{SPLICED}: heard as planted", SPLICE)
LEAST = (f"{SPLICED}: found (recall, a lower bound)", SPLICE)
SHARE = "hallucinated share of E"
FLOOR = ("H-WER: false-alarm floor", "Opus 32k")
AREA_BARS = (0.90, 0.90, 0.80)


def controls_table(reports: Reports | None = None) -> str:
    """Each control, what was found and what is wanted."""
    reports = reports or Reports()
    here = reports.controls
    worst = max(blurs(here), key=value_of)
    readings = figure(here, RECALL).words
    floor = figure(here, FLOOR)
    lines = [
        [
            "share hallucinated of E under noise 20 to 0 dB, low-pass 2 and 1 kHz, Codec 2 1200 and 700, Opus 6k",
            f"{_span(here)}, the most for {worst.condition}: {ranged(worst)} of {worst.words} errors", "at most .25",
        ],
        ["the same on `probe` (synthetic)", _span(reports.controls_on(PROBE)), "at most .30"],
        [
            "planted word: another utterance of the speaker; share of substitutions and insertions",
            ranged(figure(here, FOUND)), "at least .80",
        ],
        [
            "planted word: the rival reading of a pair by the same voice; recall, precision within those files "
            f"({readings} readings)",
            f"{ranged(figure(here, RECALL))}, {ranged(figure(here, PRECISION))}", ".75, .90",
        ],
        [
            "the rival reading: precision pooled with all blurs; recall inside Opus 6k",
            f"{share(figure(here, POOLED).value)}; {share(figure(here, INSIDE).value)}", "",
        ],
        [
            "AUC of the margin, planted word against blur: another utterance, rival reading, rival reading inside "
            "Opus 6k against Opus 6k",
            ", ".join(ranged(figure(here, area)) for area in AREAS), ", ".join(f"{bar:.2f}"[1:] for bar in AREA_BARS),
        ],
        *_splice_lines(here),
        [
            "H-WER at Opus 32k, the false-alarm floor",
            f"{100 * value_of(floor):.2f} %, upper bound {100 * (floor.high or 0):.2f} % ({floor.words} words)",
            "at most 0.5 %",
        ],
    ]  # fmt: skip
    return rows("| control | found | wanted |", lines)


def missed(table: ControlTable) -> list[str]:
    """The bars that are not reached, each with what was found and what is wanted."""
    bars = {FOUND: 0.80, RECALL: 0.75, PRECISION: 0.90} | dict(zip(AREAS, AREA_BARS, strict=True))
    below = [(figure(table, place), bar) for place, bar in bars.items() if value_of(figure(table, place)) < bar]
    return [f"{one.control} {ranged(one, 3)}, wanted {share(bar)}" for one, bar in below]


def controls_introduction(reports: Reports | None = None) -> str:
    """Which command printed them, of which recognizer; where that is not today's, it is said."""
    here = (reports or Reports()).controls
    words = figure(here, FLOOR).words
    older = (
        ""
        if here.recognizer_version == CARD.version
        else f" They are of the recognizer's version {here.recognizer_version}; today's is {CARD.version}, which hears "
        "in another window, whose loops are cut and which has thresholds of its own: they are to be measured anew."
    )
    return paragraph(
        f"Measured by `codecbench dev controls hallucination --dataset MANIFEST --cache FILE`, {here.recognizer}, on "
        f"real speech (75 utterances, {words:,} words; the first planted words in 50) and the built-in pairs ([as "
        f"printed](../reports/hallucination-controls.md)).{older}{_missed_sentence(here)}"
    )


def _missed_sentence(table: ControlTable) -> str:
    below = missed(table)
    if not below:
        return " Every bar is reached."
    return f" {'One bar is' if len(below) == 1 else f'{len(below)} bars are'} missed: {'; '.join(below)}."


def _splice_lines(table: ControlTable) -> list[list[str]]:
    """Of words spliced into running speech; none where the table is older than that control."""
    if not any((one.control, one.condition) == CHANGED for one in table.figures):
        return []
    return [
        [
            "another word of the reader spliced into running speech: changed at all, heard as planted; recall, a lower "
            f"bound ({figure(table, CHANGED).words} words)",
            f"{share(figure(table, CHANGED).value)}, {share(figure(table, EXACT).value)}; "
            f"{ranged(figure(table, LEAST))}", "",
        ],
        [
            "share hallucinated of E: spliced words, words cut out",
            ", ".join(ranged(figure(table, (SHARE, condition))) for condition in (SPLICE, CUT)), "",
        ],
        [
            "AUC of spliced utterances against noise at 10 and 0 dB: by H-WER, by the share",
            "; ".join(
                ", ".join(ranged(figure(table, (f"{SPLICED} against {noise}: AUC", by))) for noise in NOISES)
                for by in ("H-WER", "share")
            ), "",
        ],
    ]  # fmt: skip


def blurs(table: ControlTable) -> list[ControlFigure]:
    """Shares of errors called hallucinated on what puts no other word into anybody's mouth."""
    shares = [one for one in table.figures if one.control == SHARE]
    return [one for one in shares if "reading" not in one.condition and one.condition not in (SPLICE, CUT)]


def figure(table: ControlTable, place: tuple[str, str]) -> ControlFigure:
    """By control and condition. Raises UsageError where the table has none."""
    found = next((one for one in table.figures if (one.control, one.condition) == place), None)
    require(found is not None, f"{place[0]} ({place[1]})")
    assert found is not None
    return found


def value_of(one: ControlFigure) -> float:
    """Raises UsageError where there was nothing to take it of."""
    require(one.value is not None, one.control)
    assert one.value is not None
    return one.value


def _span(table: ControlTable) -> str:
    values = [value_of(one) for one in blurs(table)]
    return f"{share(min(values))} to {share(max(values))}"


def ranged(one: ControlFigure, digits: int = 2) -> str:
    """`.94 [.88, .96]`."""
    return f"{share(one.value, digits)} [{share(one.low, digits)}, {share(one.high, digits)}]"
