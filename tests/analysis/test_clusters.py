"""Who is independent of whom: by speaker, by text, by a chain of both; and voices of a synthesizer by voice alone."""

from __future__ import annotations

from dataclasses import replace

from hypothesis import given
from hypothesis import strategies as st
from made_runs import MadeCodec, made_results

from codecbench.analysis import summarize
from codecbench.analysis.clusters import VoiceCount, find_voices, one_synthesizer
from codecbench.store.rows import UtteranceRow

RAINBOW = "When the sunlight strikes raindrops in the air, they act as a prism."


def spoken(name: str, speaker: str, transcript: str | None, synthesizer: str = "") -> UtteranceRow:
    extra = {"synthesizer": synthesizer} if synthesizer else {}
    return UtteranceRow(name, name, f"{name}.wav", transcript, speaker, "", 2.0, None, extra)


def test_who_reads_the_same_sentence_is_one_cluster() -> None:
    rows = [spoken(f"r{i}", f"vctk{i}", RAINBOW if i % 2 else RAINBOW.upper().rstrip(".")) for i in range(8)]
    rows += [spoken(f"f{i}", f"free{i}", f"sentence number {i}") for i in range(3)]
    voices = find_voices(rows)
    assert voices.count(row.id for row in rows) == VoiceCount(11, 4)
    assert voices.count(["f0", "r1", "r2"]) == VoiceCount(3, 2)
    assert {voices.clusters[f"r{i}"] for i in range(8)} == {"vctk0"}


def test_chains_join() -> None:
    rows = [spoken("1", "a", "one"), spoken("2", "b", "one"), spoken("3", "b", "two"), spoken("4", "c", "two")]
    assert set(find_voices(rows).clusters.values()) == {"a"}


def test_what_is_not_known_joins_nothing() -> None:
    rows = [spoken("1", "", None), spoken("2", "", "..."), spoken("3", "a", None), spoken("4", "a", "")]
    assert find_voices(rows).count(["1", "2", "3", "4"]) == VoiceCount(3, 3)
    rows = [spoken("1", "", "the same"), spoken("2", "", "The same!")]
    assert find_voices(rows).count(["1", "2"]) == VoiceCount(2, 1)


def test_voices_of_a_synthesizer_share_texts_by_design() -> None:
    rows = [spoken(f"{voice}-{text}", voice, text, "Kokoro-82M") for voice in "abc" for text in ("red", "green")]
    assert find_voices(rows).count(row.id for row in rows) == VoiceCount(3, 3)
    people = [replace(row, extra={}) for row in rows]
    assert find_voices(people).count(row.id for row in rows) == VoiceCount(3, 1)
    assert find_voices(people, synthetic=True) == find_voices(rows)
    assert one_synthesizer(rows) == "Kokoro-82M"
    assert one_synthesizer([*rows, spoken("p", "person", "red")]) == ""


@given(st.lists(st.tuples(st.integers(0, 6), st.integers(0, 6)), min_size=1, max_size=20))
def test_clusters_are_the_connected_components_in_any_order(said: list[tuple[int, int]]) -> None:
    rows = [spoken(f"u{i}", f"s{speaker}", f"text {text}") for i, (speaker, text) in enumerate(said)]
    voices = find_voices(rows)
    edges = {(f"s{speaker}", f"text {text}") for speaker, text in said}
    component = {end: {end} for edge in edges for end in edge}
    for speaker, text in edges:
        joined = component[speaker] | component[text]
        component |= dict.fromkeys(joined, joined)
    for one in rows:
        for other in rows:
            together = component[one.speaker] == component[other.speaker]
            assert (voices.clusters[one.id] == voices.clusters[other.id]) == together
    assert find_voices(rows[::-1]) == voices


def test_a_metric_counts_those_whom_it_scored() -> None:
    results = made_results([MadeCodec("a", (6,))], utterances=12, speakers=12, metrics=["stoi", "wer"],
                           abstained={("wer", f"utt-{i:02d}"): "no transcript" for i in range(5)})  # fmt: skip
    scores = summarize(results).rows[0].scores
    assert (scores["stoi"].voices, scores["wer"].voices) == (VoiceCount(12, 12), VoiceCount(7, 7))
