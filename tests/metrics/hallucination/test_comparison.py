from __future__ import annotations

import pytest
from made_ears import said

from codecbench.api import Abstain
from codecbench.metrics.hallucination.comparison import compare


def plain(text: str) -> str:
    return " ".join(text.lower().strip(".").split())


def test_a_change_knows_what_was_heard_rightly_on_the_other_side() -> None:
    found = compare("we solve it", said("we solve a"), said("we serve it"), plain)
    (error,), (fix,) = found.errors, found.fixes
    assert (error.operation, error.position, error.reference) == ("substitution", 1, "solve")
    assert error.heard is not None
    assert error.elsewhere is not None
    assert (error.heard.text, error.elsewhere.text) == ("serve", "solve")
    assert (fix.position, fix.reference) == (2, "it")
    assert not found.stand_in


def test_an_insertion_has_no_reference_and_a_deletion_nothing_heard() -> None:
    found = compare("go home", said("go home"), said("go right home"), plain)
    assert [(one.operation, one.position, one.reference) for one in found.errors] == [("insertion", 1, None)]
    (lost,) = compare("go home", said("go home"), said("go"), plain).errors
    assert (lost.operation, lost.heard) == ("deletion", None)
    assert lost.elsewhere is not None


def test_what_was_wrong_before_is_not_the_codecs_doing() -> None:
    found = compare("we solve it", said("we serve it"), said("we serve it"), plain)
    assert (found.errors, found.fixes) == ((), ())


def test_the_original_stands_in_for_a_transcript_that_is_not_there() -> None:
    found = compare(None, said("we solve"), said("we serve"), plain)
    assert (found.stand_in, found.reference, found.words, len(found.errors)) == (True, ("we", "solve"), 2, 1)
    with pytest.raises(Abstain, match="heard no words in the original"):
        compare(None, said(""), said("we serve"), plain)
    with pytest.raises(Abstain, match="the transcript has no words"):
        compare(".", said("we"), said("we"), plain)
