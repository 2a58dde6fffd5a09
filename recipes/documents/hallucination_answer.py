"""docs/hallucination.md: does the diffusion codec hallucinate more than others at like bitrate?"""

from __future__ import annotations

from collections.abc import Mapping
from itertools import groupby

from codecbench.analysis.blur import blur_curve
from codecbench.analysis.word_rivals import Outcome
from codecbench.metrics.hallucination.calibration import calibration_of
from codecbench.metrics.hallucination.metric import blur_counts
from codecbench.recognizers.whisper import CARD
from recipes.documents.hallucination_controls import blurs
from recipes.documents.reports import TITLES, Reports, bullets, listed, paragraph, require, rows
from recipes.findings.answers import ChangedWords, Comparison, Family
from recipes.findings.records import Ranged

FEW = (("vocodec", "6"), ("ibpcodec", "6"), ("opus", "6"), ("codec2", "3.2"))
"""Points at which about a tenth of the words or less are changed."""
ALIKE_POINTS = 8.0
"""Percentage points of words changed within which another codec is said to lose as many."""


def answer_introduction(reports: Reports | None = None) -> str:
    reports = reports or Reports()
    best = [score for one in reports.bar.rising if (score := one.metrics["pesq_wb"].scores[-1]) is not None]
    words = next(one.words for one in reports.controls.figures if one.control == "E per word")
    return paragraph(
        "Asked of the reference track, all seven trained alike and for a short time "
        f"(PESQ-WB {min(best):.1f} to {max(best):.1f} at the highest rate): LaDiffCodec against every codec at like "
        "bitrate, its own comparisons being the family (`python -m recipes hallucination-answer --from RUN`; all "
        "figures: [reports/hallucination-answer.md](../reports/hallucination-answer.md)). H-WER on `eval`, "
        f"{words:,} words, in percent:"
    )


def answer_table(reports: Reports | None = None) -> str:
    """A row for each point of the codec: over whom it has a lead, whom it is not told apart from."""
    family = family_of(reports or Reports(), "eval", "hallucinated_wer")
    require(not _count(family, "less", "less misheard"), "clearly more in some comparisons, in none less")
    lines = []
    for point, group in groupby(family.comparisons, key=lambda one: one.point):
        compared = list(group)
        more, misheard = (
            ", ".join(_lead(one) for one in compared if one.outcome == outcome) for outcome in ("more", "more misheard")
        )
        level = ", ".join(_rival(one) for one in compared if one.outcome == "cannot tell")
        lines.append([f"{point} kbps: {_percent(compared[0].mine)}", more, misheard, level])
    head = (
        "| LaDiffCodec | hallucinates more: its lead, in points | more misheard with confidence: its lead, in points "
        "| not told apart from it |"
    )
    return rows(head, lines)


def answer_points(reports: Reports | None = None) -> str:
    """What follows, each conclusion held to its figures."""
    reports = reports or Reports()
    return bullets(_more_words(reports), _shares(reports), _blur(reports), _flips(reports), _probe(reports))


def _more_words(reports: Reports) -> str:
    family = family_of(reports, "eval", "hallucinated_wer")
    at3, at6 = (_against(family, point, "encodec") for point in ("3", "6"))
    require(at3.outcome == at6.outcome == "cannot tell", "no more than those that lose as many (EnCodec)")
    clear, of = _count(family, "more", "more misheard"), len(family.comparisons)
    return (
        "**More words than codecs that keep speech intelligible; no more than those that lose as many.** "
        f"In {clear} of {of} comparisons clearly more, in none less. Against EnCodec, whose kind of code it decodes by "
        f"diffusion: {_points(at3)} at 3 kbps, {at6.difference.text('+.1f')} at 6."
    )


def _count(family: Family, *outcomes: Outcome) -> int:
    return sum(map(family.count, outcomes))


def _shares(reports: Reports) -> str:
    words = words_of(reports)
    mine = [share_of(one) for (codec, _), one in words.items() if codec == "ladiff"]
    few = [share_of(words[place]) for place in FEW]
    half = [share_of(one) for one in words.values() if 40 <= lost_of(one) <= 60]
    require(all(lost_of(words[place]) <= 11 for place in FEW), "where about a tenth or less changed")
    require(min(few) > max(half), "That share falls as more is lost, for all codecs alike")
    require(max(mine) <= max(half), "It loses more words, it does not hallucinate more of those it loses")
    ladiff, encodec, facodec = (
        share_of(words[place]) for place in (("ladiff", "6"), ("encodec", "6"), ("facodec", "4"))
    )
    return (
        "**It loses more words, it does not hallucinate more of those it loses.** Of the words it changed "
        f"{min(mine):.0f} to {max(mine):.0f} % are hallucinated. That share falls as more is lost, for all codecs "
        f"alike: {min(few):.0f} to {max(few):.0f} % where about a tenth or less changed (VoCodec, IBPCodec and Opus at "
        f"6 kbps, Codec 2 at 3.2), {min(half):.0f} to {max(half):.0f} % where about half did (LaDiffCodec at 6 kbps "
        f"{ladiff:.0f} %, EnCodec {encodec:.0f} %, FACodec at 4 {facodec:.0f} %)."
    )


def _blur(reports: Reports) -> str:
    """The report's "hallucinates more" rests on blur at the same loss; here it is told how far that goes."""
    words = words_of(reports)
    most = max(100 * (one.value or 0) for one in blurs(reports.controls))
    mine = [one for (codec, _), one in words.items() if codec == "ladiff"]
    require(max(map(share_of, mine)) <= most, "The shares are those of blur and of garbled speech")
    family = family_of(reports, "eval", "hallucinated_wer")
    beyond = sorted({one.point for one in family.comparisons if one.outcome == "more"}, key=float)
    text = (
        f"**The shares are those of blur and of garbled speech.** Of mere blurs up to {most:.0f} % are called "
        "hallucinated (the table of controls), and Codec 2 at 3.2 kbps, a vocoder that has learned nothing, has "
        f"{share_of(words['codec2', '3.2']):.0f} %."
    )
    if beyond:
        text += " " + " ".join(_beyond(words, point) for point in beyond)
    return (
        f"{text} These weights, trained without an adversary, are not shown to invent fluent words. The question wants "
        "codecs that sound clean: the published checkpoints, or a larger budget."
    )


def _beyond(words: Mapping[tuple[str, str], ChangedWords], point: str) -> str:
    """Where the report says "hallucinates more": the other codecs that lose as many words exceed blur likewise."""
    mine = words["ladiff", point]
    blur = 100 * blur_curve(blur_counts(calibration_of(CARD))).share_at(lost_of(mine) / 100)
    others = {
        codec: one
        for (codec, _), one in words.items()
        if codec not in ("ladiff", "pcm") and abs(lost_of(one) - lost_of(mine)) <= ALIKE_POINTS
    }
    require(bool(others) and min(map(share_of, others.values())) > blur, "other codecs that lose as many exceed it too")
    told = listed([f"{TITLES[codec]} {share_of(one):.0f} %" for codec, one in others.items()])
    return (
        f'At {point} kbps the report says "hallucinates more" of it, for {share_of(mine):.0f} % exceed what noise and '
        f"low-pass filters make pass where as many words changed ({blur:.0f} %). But so do the others that lose as "
        f"many ({told}): that is how speech is misheard that a codec garbles, and no trait of the diffusion."
    )


def _flips(reports: Reports) -> str:
    family = family_of(reports, "pairs", "flip_rate")
    mine = {one.point: _percent(one.mine) for one in family.comparisons}
    other = {(one.rival, one.rival_point): one.other for one in family.comparisons}
    encodec, dac = (f"{_percent(other[name, '3'])} and {_percent(other[name, '6'])}" for name in ("encodec", "dac"))
    low = max(rate.value for (name, _), rate in other.items() if rate and name in ("vocodec", "ibpcodec"))
    require(family.count("less") <= 1, "Minimal pairs say the same")
    return (
        f"**Minimal pairs say the same.** Of {family.utterances} readings LaDiffCodec flips {mine['3']} % at 3 kbps "
        f"and {mine['6']} % at 6; EnCodec {encodec} %, DAC {dac} %; VoCodec and IBPCodec at most {low:.1f} %. In "
        f"{family.count('more')} of {len(family.comparisons)} comparisons clearly more flips, in "
        f"{family.count('less')} clearly fewer. Against EnCodec: {_points(_against(family, '3', 'encodec'))} at 3 kbps."
    )


def _probe(reports: Reports) -> str:
    family = family_of(reports, "probe", "hallucinated_wer")
    told = f"On `probe` (24 synthetic utterances) nothing can be told: 0 of {len(family.comparisons)}."
    require(family.count("cannot tell") == len(family.comparisons), told)
    return told


def family_of(reports: Reports, dataset: str, metric: str) -> Family:
    """Raises UsageError where no comparison by `metric` was made on `dataset`."""
    runs = [run for run in reports.answer.runs if run.speech.dataset == dataset]
    matching = [family for run in runs for family in run.families if family.metric == metric]
    require(bool(matching), f"what is said of {metric} on `{dataset}`")
    return matching[0]


def words_of(reports: Reports) -> dict[tuple[str, str], ChangedWords]:
    """Of `eval`, by codec and point."""
    (run,) = (run for run in reports.answer.runs if run.speech.dataset == "eval")
    return {(one.codec, one.point): one for one in run.words}


def _against(family: Family, point: str, rival: str) -> Comparison:
    return next(one for one in family.comparisons if (one.point, one.rival) == (point, rival))


def _rival(one: Comparison) -> str:
    """Its bitrate is told where it is another one."""
    return TITLES[one.rival] + ("" if one.rival_point == one.point else f" at {one.rival_point} kbps")


def _lead(one: Comparison) -> str:
    return f"{_rival(one)}{'' if one.rival_point == one.point else ':'} {one.difference.text('.1f')}"


def _points(one: Comparison) -> str:
    return one.difference.text("+.1f").replace(" [", " points [", 1)


def _percent(rate: Ranged | None) -> str:
    return "n/a" if rate is None else f"{rate.value:.1f}"


def share_of(one: ChangedWords) -> float:
    """In percent."""
    require(one.share is not None, f"the share hallucinated of {one.codec} at {one.point} kbps")
    return 100 * (one.share or 0)


def lost_of(one: ChangedWords) -> float:
    """Words changed, in percent of all."""
    return one.ci_wer.value if one.ci_wer else 0.0
