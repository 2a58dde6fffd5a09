from __future__ import annotations

from codecbench.analysis.phonemes import summarize_phonemes
from codecbench.store.rows import ScoreRow


def row(original: str, decoded: str, flips: list[dict[str, str]] | None = None, **values: object) -> ScoreRow:
    detail = {"original": original, "decoded": decoded, "flips": flips or []}
    base = {"status": "ok", "numerator": 0.0, "denominator": 1.0, "detail": detail} | values
    return ScoreRow("c", "d", "1", 1.0, str(base.pop("utterance", "u")), 0, "dper", "1", **base)  # type: ignore[arg-type]


def test_counts_confusions_and_flips() -> None:
    flip = {"original": "f", "decoded": "v", "original_word": "fan", "decoded_word": "van"}
    rows = [
        row("fæn-", "væns", [flip]),
        row("fæn", "væn", [flip], utterance="w"),
        row("tip", "i-p"),
        row("sɑ", "sɑ", status="failed"),
    ]
    summary = summarize_phonemes(rows)
    assert summary is not None
    assert (summary.phones, summary.substitutions, summary.deletions, summary.insertions) == (9, 3, 1, 1)
    assert summary.distance is not None
    assert abs(summary.distance - (1 / 3 + 1 / 3 + 1) / 3) < 1e-12
    voicing = summary.confusions["voicing"]
    voiceless, voiced = voicing.classes.index("voiceless"), voicing.classes.index("voiced")
    assert voicing.counts[voiceless][voiced] == 2
    assert voicing.counts[voiced][voiced] == 2
    assert voicing.lost[voiceless] == 1
    manner = summary.confusions["manner"]
    fricative = manner.classes.index("fricative")
    assert manner.counts[fricative][fricative] == manner.within[fricative] == 2
    assert [(f.original_word, f.decoded_word, f.count, f.utterance) for f in summary.flips] == [("fan", "van", 2, "u")]


def test_every_consonant_of_the_original_is_counted_once() -> None:
    summary = summarize_phonemes([row("stɹ-iŋ", "z-ɹti-")])
    assert summary is not None
    for confusions in summary.confusions.values():
        assert sum(map(sum, confusions.counts)) + sum(confusions.lost) == 4


def test_nothing_scored_is_none() -> None:
    assert summarize_phonemes([]) is None
    assert summarize_phonemes([row("s", "s", status="abstained")]) is None
