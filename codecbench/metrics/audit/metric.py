"""`word_audit`: a second opinion on each word that was heard for another, from a recognizer of another kind.

Whisper reads by context; PocketSphinx's acoustic model knows none. The utterance's text is aligned with the decoded
audio twice, with the word that was said and with the one that was heard in its place. The two texts differ in nothing
else, so the difference of their acoustic scores is the word's, with the frames that its neighbours give or take.

It is evidence, no verdict: of clean readings of minimal pairs nine in ten are decided right, and in noise its alignment
breaks, most of all where other words of the utterance are not those of the text either.
"""

from __future__ import annotations

from collections.abc import Sequence

from codecbench.api import Abstain, Audio, MetricCard, Sample, Score
from codecbench.api.dataset import ENGLISH
from codecbench.metrics.audit.aligner import Aligner, Alignment, NotAlignedError
from codecbench.metrics.audit.evidence import AuditedWord, AuditEvidence
from codecbench.metrics.hallucination import HALLUCINATED_CARD
from codecbench.metrics.hallucination.comparison import compare_sample
from codecbench.metrics.hallucination.metric import judge_words
from codecbench.metrics.hallucination.verdict import Verdict
from codecbench.metrics.pair import PairMetric, checked_pair
from codecbench.recognizers.normalizer import load_normalizer
from codecbench.recognizers.sphinx import CARD as SPHINX

CARD = MetricCard(
    id="word_audit",
    title="word audit",
    version="2",  # version 1 looked at words of the recognizer's loops
    description="Of hallucinated substitutions, the share that PocketSphinx hears too (on request; needs its package).",
    low=0.0,
    high=1.0,
    pooling="ratio",
    uses_recognizer=True,
    languages=(ENGLISH,),
    parameters={
        **HALLUCINATED_CARD.parameters, "verdicts": HALLUCINATED_CARD.version, "aligner": SPHINX.version,
        **{name: SPHINX.parameters[name] for name in ("cmn", "level")},
    },
    on_request=True,
)  # fmt: skip


class WordAudit(PairMetric):
    """Supported / (supported + contradicted) of the hallucinated substitutions of `hallucinated_wer`.

    The detail has every substitution of E, degraded ones too, with state and scores. Abstains where no hallucinated
    word could be decided on, and where the recognizer has no verdicts.
    """

    def __init__(self) -> None:
        """Raises Unavailable where a package is not installed."""
        self._normalize = load_normalizer()
        self._aligner = Aligner()

    def score(self, sample: Sample) -> Score:
        checked_pair(sample)
        comparison = compare_sample(sample, self._normalize)
        every = judge_words(sample, comparison).verdicts
        verdicts = [verdict for verdict in every if verdict.evidence.operation == "substitution"]
        if not any(verdict.kind == "hallucinated" for verdict in verdicts):
            raise Abstain("no word of it is a hallucinated substitution: there is nothing to audit", perfect=True)
        audited = audit(sample.decoded, comparison.reference, verdicts, self._aligner)
        lies = [word for word in audited if word.kind == "hallucinated"]
        decided = [word for word in lies if word.state != "failed"]
        if not decided:
            why = "; ".join(f"'{word.heard}' for '{word.reference}': {word.reason}" for word in lies)
            raise Abstain(f"PocketSphinx could not decide on any hallucinated word: {why}")
        supported = sum(word.state == "supports" for word in decided)
        evidence = AuditEvidence(comparison.stand_in, tuple(audited))
        return Score(float(supported), float(len(decided)), evidence.to_json())


def audit(audio: Audio, reference: Sequence[str], verdicts: Sequence[Verdict], aligner: Aligner) -> list[AuditedWord]:
    """Of each of `verdicts`, substitutions in `reference`: does `audio`, mono at 16 kHz, say what was heard?"""
    try:
        said: Alignment | str = aligner.align(audio, reference)
    except NotAlignedError as error:
        said = f"with the said word {error}"
    return [_audited(audio, reference, verdict, said, aligner) for verdict in verdicts]


def _audited(
    audio: Audio, reference: Sequence[str], verdict: Verdict, said: Alignment | str, aligner: Aligner
) -> AuditedWord:
    at, word, heard = verdict.evidence.position, verdict.evidence.reference, verdict.evidence.heard
    assert word is not None  # a substitution has both
    assert heard is not None

    def failed(reason: str) -> AuditedWord:
        return AuditedWord(at, word, heard, verdict.kind, "failed", reason=reason)

    # A guessed pronunciation would be held against a listed one.
    if missing := [text for text in (word, heard) if not aligner.lists(text)]:
        return failed(f"its dictionary does not have '{missing[0]}'")
    if isinstance(said, str):
        return failed(said)
    try:
        other = aligner.align(audio, [*reference[:at], heard, *reference[at + 1 :]])
    except NotAlignedError as error:
        return failed(f"with the heard word {error}")
    nats = other.nats - said.nats
    if nats == 0:
        return failed("both words sound the same to it")
    mine, theirs = other.words[at], said.words[at]
    return AuditedWord(
        at, word, heard, verdict.kind, "supports" if nats > 0 else "contradicts", nats, theirs.nats, mine.nats,
        mine.begins, mine.ends,
    )  # fmt: skip
