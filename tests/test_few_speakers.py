from __future__ import annotations

from pathlib import Path

from codecbench.api import Dataset, Utterance
from codecbench.few_speakers import few_speakers_note


def spoken(speakers: str, transcript: str | None = None) -> tuple[Utterance, ...]:
    return tuple(Utterance(f"u{n}", Path(f"u{n}"), transcript, name.strip()) for n, name in enumerate(speakers))


def test_what_cannot_be_told_is_said_with_how_many_it_takes() -> None:
    corpus = Dataset("corpus", spoken("aabbccddeeff"))
    assert few_speakers_note(corpus.utterances, corpus) is None
    assert few_speakers_note(corpus.utterances[:10], corpus) == (
        "10 utterances, 5 speakers: intervals are indicative, and no codec is told from another: that takes 6 "
        "independent speakers, 8 for the primary metrics; the dataset has 6 speakers: a larger --limit takes more of "
        "them"
    )
    one = Dataset("one", spoken("a"))
    assert few_speakers_note(one.utterances, one) == (
        "1 utterance, 1 speaker: no intervals, and no codec is told from another: that takes 6 independent speakers, 8 "
        "for the primary metrics"
    )


def test_who_has_no_name_is_a_speaker_and_readers_of_one_text_are_not_independent() -> None:
    nameless = Dataset("nameless", spoken(" " * 6))
    assert few_speakers_note(nameless.utterances, nameless) is None
    readers = Dataset("readers", spoken("abcdefgh", "the same words"))
    note = few_speakers_note(readers.utterances, readers)
    assert note is not None
    assert note.startswith("8 utterances, 8 speakers in 1 independent cluster: no intervals, and no codec")
