"""docs/hallucination.md: what another processor's recognizer changes of a run."""

from __future__ import annotations

from recipes.documents.hallucination_answer import family_of, lost_of, words_of
from recipes.documents.reports import Reports, paragraph, require

WITH = (5.6, 46.6)
"""CI-WER in percent of VoCodec and LaDiffCodec at 6 kbps, of a run with AVX-512, of which no report is kept."""
WITHOUT, CLEAR, CLEAR_ON_BOTH = (4.9, 55.2), 8, 7
"""The run that it was compared with: the same figures, its clear differences, and those that both had."""


def processors(reports: Reports | None = None) -> str:
    """Two processors compared. The run with AVX-512 has no report: a new run without it ends the comparison."""
    reports = reports or Reports()
    words = words_of(reports)
    now = tuple(round(lost_of(words[codec, "6"]), 1) for codec in ("vocodec", "ladiff"))
    clear = family_of(reports, "eval", "hallucinated_wer").count("more")
    told = f"of the {clear} clear differences above {CLEAR_ON_BOTH} were clear on both"
    require(now == WITHOUT and clear == CLEAR, told)
    return paragraph(
        "**Another processor hears a little else.** Whisper runs in int8, whose sums depend on the instructions a "
        "processor has. The same weights on the same speech on two x86 processors, one with AVX-512 and one without: "
        "PESQ-WB and ESTOI agree to the third decimal, but CI-WER at 6 kbps was "
        f"{WITH[0]} or {now[0]} % for VoCodec, {WITH[1]} or {now[1]} % for LaDiffCodec "
        f"(it loops, so one utterance can add dozens of words), and {told}. So compare figures of one machine: a run, "
        "and a baseline and its gate. The changes have no preferred direction (of 46 points CI-WER is higher without "
        "AVX-512 at 21 and lower at 22, H-WER higher at 16 and lower at 19); they cost certainty, not fairness."
    )
