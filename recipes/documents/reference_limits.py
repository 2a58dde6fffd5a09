"""docs/reference-track.md and reports/README.md: what limits each codec, network or quantizer."""

from __future__ import annotations

from math import ceil

from recipes.documents.reference_track import by_name
from recipes.documents.reports import NUMBERS, TITLES, Reports, bullets, listed, paragraph, require, rows
from recipes.findings.bars import Rival
from recipes.findings.ceiling import Ceiling


def ceiling_table(reports: Reports | None = None) -> str:
    """By name."""
    measured = {one.codec: one for one in (reports or Reports()).ceiling.codecs}
    lines = []
    for one in map(measured.__getitem__, by_name(measured)):
        line = [TITLES[one.codec]]
        for metric, digits in (("estoi", 3), ("pesq_wb", 2)):
            values = (one.metrics[metric].unquantized, one.metrics[metric].coded)
            line += ["n/a" if value is None else f"{value:.{digits}f}" for value in values]
        lines.append(line)
    head = "| at the highest rate | ESTOI, no quantizer | all codebooks | PESQ-WB, no quantizer | all codebooks |"
    return rows(head, lines)


def timbre_table(reports: Reports | None = None) -> str:
    """How far a swapped timbre moves FACodec's voice, and how far an equalizer."""
    found = (reports or Reports()).timbre
    head = f"| towards another of {found.moves[0].pairs} speakers | rise in speaker similarity | closer |"
    return rows(head, [move.line for move in found.moves])


def limit_points(reports: Reports | None = None) -> str:
    """What follows for the clips of the validation speakers, and for real speech."""
    reports = reports or Reports()
    return bullets(_network(reports.ceiling), _quantizers(reports.ceiling), _real_speech(reports))


def bar_sentence(reports: Reports | None = None) -> str:
    """For the README of the reports."""
    opus, codec2 = (reports or Reports()).bar.rivals
    estoi, pesq = (NUMBERS[opus.above(metric)] for metric in ("estoi", "pesq_wb"))
    shown = {"none": "no codec is", "one": "one codec is"}.get(estoi, f"{estoi} codecs are")
    below = "none is above Codec 2 at 3.2 kbps"
    require(not codec2.above("estoi") and not codec2.above("pesq_wb"), below)
    return paragraph(
        "`reference-bar.md`: what these weights reach on `eval`, and by what they miss it, printed by `python -m "
        f"recipes reference-bar --from RUN`: {shown} above Opus at 6 kbps on ESTOI, {pesq} on PESQ-WB; "
        f"{below}."
    )


def _network(ceiling: Ceiling) -> str:
    most = max(one.metrics["pesq_wb"].unquantized or 0 for one in ceiling.codecs)
    return (
        "**At the highest rate the networks of these weights limit them**: without any quantizer PESQ-WB stays below "
        f"{ceil(10 * most) / 10:.1f}, so more bits alone would not reach more. (They learned with codes: what a "
        "network could pass had it never seen any is more.)"
    )


def _quantizers(ceiling: Ceiling) -> str:
    lost = {one.codec: one.metrics["estoi"].lost or 0 for one in ceiling.codecs}
    least, most = (pick(lost, key=lambda codec: lost[codec]) for pick in (min, max))
    require(lost[least] > 0, "the quantizer costs something in every codec")
    return (
        f"**The quantizer costs** {lost[least]:.3f} ({TITLES[least]}) to {lost[most]:.3f} ({TITLES[most]}) of ESTOI at "
        "the highest rate."
    )


def _real_speech(reports: Reports) -> str:
    bar = reports.bar
    opus, codec2 = bar.rivals
    network, networks = _limited(opus, "estoi", "network")
    quantizer, _ = _limited(opus, "estoi", "quantizer")
    higher = [one for one in opus.codecs if one.metrics["estoi"].difference.value > 0]
    lower = {TITLES[one.codec]: one for one in opus.codecs if one not in higher}
    quantizer = [name for name in quantizer if name in lower]
    quantizers = ", ".join(f"{lower[name].metrics['estoi'].unquantized:.3f}" for name in quantizer)
    above = [TITLES[one.codec] for one in higher if one.metrics["estoi"].above]
    require(
        bool(network and quantizer and higher) and all(name in lower for name in network) and not above,
        "what falls below Opus by its network or its quantizer, and that none is shown to be above it",
    )
    told = [f"{TITLES[one.codec]} ({one.metrics['estoi'].difference.text('.3f')})" for one in higher]
    limits = [one.metrics[metric].limit for one in codec2.codecs for metric in bar.titles]
    lost = [
        standing.unquantized - standing.score
        for one in codec2.codecs
        if (standing := one.metrics["estoi"]).unquantized is not None and standing.score is not None
    ]
    return (
        f"**On real speech** ({bar.speech.utterances} utterances, {bar.speech.speakers} speakers, the report's loss "
        f"ladder; [reports/reference-bar.md](../reports/reference-bar.md)): {listed(network)} are below Opus at 6 kbps "
        f"(ESTOI {opus.scores['estoi']:.3f}) even without a quantizer ({networks}), so at no bitrate; "
        f"{listed(quantizer)} ({quantizers}) fall below it by their quantizers. Higher, but not shown to be above "
        f"it: {listed(told)}. "
        f"{_opus_pesq(opus)} Against Codec 2 at 3.2 kbps it is the quantizer in {limits.count('quantizer')} of "
        f"{len(limits)} cases, for it still costs {min(lost):.2f} to {max(lost):.2f} of ESTOI there."
    )


def _opus_pesq(opus: Rival) -> str:
    require(not opus.above("pesq_wb"), "On PESQ-WB none is shown to be above Opus")
    network, _ = _limited(opus, "pesq_wb", "network")
    quantizer, _ = _limited(opus, "pesq_wb", "quantizer")
    higher = [one for one in opus.codecs if one.metrics["pesq_wb"].difference.value > 0]
    for one in higher:
        quantizer = [name for name in quantizer if name != TITLES[one.codec]]
    told = [
        f"{TITLES[one.codec]}'s {one.metrics['pesq_wb'].score:.2f} is above it by "
        f"{one.metrics['pesq_wb'].difference.text('.2f')}"
        for one in higher
    ]
    return (
        f"On PESQ-WB none is shown to be: {listed(network)} miss Opus's {opus.scores['pesq_wb']:.2f} by the network, "
        f"{listed(quantizer)} by the quantizer{'; ' if told else ''}{listed(told)}."
    )


def _limited(rival: Rival, metric: str, limit: str) -> tuple[list[str], str]:
    """Who is not above the rival by that, and their scores without a quantizer."""
    limited = [one for one in rival.codecs if one.metrics[metric].limit == limit]
    values = ", ".join(f"{one.metrics[metric].unquantized:.3f}" for one in limited)
    return [TITLES[one.codec] for one in limited], values
