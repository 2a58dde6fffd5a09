from __future__ import annotations

from dataclasses import replace

import pytest

from codecbench.analysis.pairs import summarize_pairs
from codecbench.metrics.pairs import SCREENED_OUT
from codecbench.store.rows import ScoreRow, UtteranceRow


def row(number: int, feature: str, decoded: float, reading: str = "target") -> ScoreRow:
    flipped = decoded < -2
    detail = {
        "pair": f"{feature}-{number // 2}", "feature": feature, "reading": reading, "word": "van", "rival": "fan",
        "margin_original": 6.0, "margin_decoded": decoded, "shift": decoded - 6.0, "flipped": flipped,
        "heard_right": decoded > 0,
    }  # fmt: skip
    return ScoreRow(
        "c", "d", "1", 1.0, f"{feature}{number}", 0, "flip_rate", "1", "ok", None, float(flipped), 1.0, detail
    )


def abstained(name: str, reason: str) -> ScoreRow:
    return ScoreRow("c", "d", "1", 1.0, name, 0, "flip_rate", "1", "abstained", reason)


def test_scores_that_do_not_tell_what_they_rest_on_count_nowhere() -> None:
    rows = [row(n, "voicing", 5.0) for n in range(4)]
    older = replace(rows[0], detail={name: value for name, value in rows[0].detail.items() if name != "flipped"})
    summary = summarize_pairs([older, *rows[1:]], {})
    assert summary is not None
    assert (summary.overall.flips.n, summary.untold) == (3, 1)
    assert summarize_pairs([older], {}) is None


def test_a_kind_says_that_a_reading_was_screened_out_whatever_its_reason() -> None:
    told = replace(abstained("lost", "said in other words"), detail={"kind": "screened out"})
    summary = summarize_pairs([row(0, "voicing", 5.0), told], {"lost": utterance("lost", "voicing")})
    assert summary is not None
    assert summary.overall.screened_out == 1


def utterance(name: str, feature: str) -> UtteranceRow:
    return UtteranceRow(name, name, name, None, "", "", 1.0, None, {"feature": feature})


def test_by_feature_with_exact_intervals() -> None:
    rows = [row(n, "voicing", -5.0 if n < 2 else 5.0, "target" if n % 2 else "rival") for n in range(8)]
    rows += [row(n, "nasality", -1.0 if n == 0 else 5.0) for n in range(4)]
    rows += [abstained("lost", f"{SCREENED_OUT}: it was misheard"), abstained("other", "the utterance is no reading")]
    summary = summarize_pairs(rows, {"lost": utterance("lost", "nasality"), "other": utterance("other", "nasality")})
    assert summary is not None
    assert [feature.feature for feature in summary.features] == ["voicing", "nasality"]
    voicing, nasality = summary.features
    assert (voicing.flips.count, voicing.flips.n, voicing.screened_out) == (2, 8, 0)
    assert voicing.rhymes.score == pytest.approx(50.0)
    assert voicing.present is not None
    assert (voicing.present.count, voicing.present.n) == (1, 4)
    # Misheard, but not by enough to be a flip.
    assert (nasality.flips.count, nasality.rhymes.right.count, nasality.screened_out) == (0, 3, 1)
    assert nasality.screening_loss == pytest.approx(1 / 5)
    assert nasality.absent is None
    assert summary.pairs == 6
    assert summary.overall.flips.n == 12
    assert [flip.utterance for flip in summary.flips] == ["voicing0", "voicing1"]


def test_more_seeds_are_not_more_readings() -> None:
    rows = [row(n, "voicing", -5.0 if n == 0 else 5.0) for n in range(8)]
    rows += [abstained("lost", f"{SCREENED_OUT}: it was misheard")]
    named = {"lost": utterance("lost", "voicing")}
    once = summarize_pairs(rows, named)
    again = [replace(one, seed=seed) for one in rows for seed in range(3)]
    thrice = summarize_pairs(again, named)
    assert once is not None
    assert thrice is not None
    assert (thrice.overall, thrice.features) == (once.overall, once.features)
    # Of the one reading that flips, one seed does not.
    calmer = [
        replace(one, detail=rows[1].detail) if (one.utterance, one.seed) == ("voicing0", 1) else one for one in again
    ]
    some = summarize_pairs(calmer, named)
    assert some is not None
    assert (some.overall.flips.count, some.overall.flips.n) == (pytest.approx(2 / 3), 8)
    assert some.overall.rhymes.right.count == pytest.approx(7 + 1 / 3)


def test_no_pairs_is_none() -> None:
    assert summarize_pairs([abstained("a", "the utterance is no reading")], {}) is None
