"""Controls of speaker hallucination on real speech: a blurred voice is not called another one, a changed voice is."""

from __future__ import annotations

import csv
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pytest
import soxr

from codecbench.analysis.proportions import exact_proportion
from codecbench.analysis.speaker_pairs import pair_originals
from codecbench.analysis.speakers import CARD, find_threshold, judge_speakers
from codecbench.api import Audio, Sample, Utterance
from codecbench.audio import fit_length, source_signal
from codecbench.controls.pairs.blurs import BLURS, FLOOR
from codecbench.metrics.speaker import SpeakerSimilarity
from codecbench.store.rows import ScoreRow, StoredResults, UtteranceRow

pytest.importorskip("torch")
pytest.importorskip("av")
pytest.importorskip("pycodec2")


@dataclass(frozen=True)
class Voices:
    """Two utterances each of the speakers that have as many."""

    clips: dict[str, Audio]
    speakers: dict[str, str]


def other_voice(factor: float, audio: Audio) -> Audio:
    """Pitch and formants moved by `factor`: played faster or slower, as another person's vocal tract would sound."""
    changed = Audio.mono(soxr.resample(audio.samples[0], factor * 16000, 16000), 16000)
    return fit_length(changed, audio.length).audio


@pytest.fixture(scope="module")
def voices(shared: Path) -> Voices:
    with (shared / "data" / "eval" / "manifest.tsv").open() as file:
        rows = list(csv.DictReader(file, delimiter="\t"))
    by_speaker: dict[str, list[dict[str, str]]] = {}
    for row in rows:
        by_speaker.setdefault(row["speaker"], []).append(row)
    kept = [row for group in by_speaker.values() if len(group) > 1 for row in group[:2]]
    clips = {row["id"]: source_signal(shared / "data" / "eval" / row["path"]) for row in kept}
    return Voices(clips, {row["id"]: row["speaker"] for row in kept})


@pytest.fixture(scope="module")
def verdicts(voices: Voices) -> dict[str, list[str]]:
    metric = SpeakerSimilarity()
    conditions: dict[str, Callable[[Audio], Audio]] = {
        **BLURS, **FLOOR, "voice x0.8": lambda a: other_voice(0.8, a), "voice x1.25": lambda a: other_voice(1.25, a),
    }  # fmt: skip
    utterances = tuple(UtteranceRow(u, u, u, None, s, "", 1.0) for u, s in voices.speakers.items())
    prepared = {utterance: metric.prepare(clip) for utterance, clip in voices.clips.items()}
    found = {}
    for name, change in conditions.items():
        rows = []
        for utterance, clip in voices.clips.items():
            decoded = change(clip)
            sample = Sample(Utterance(utterance, Path(utterance)), clip, decoded, decoded, prepared=prepared[utterance])
            score = metric.score(sample)
            row = ScoreRow(
                "c", "d", name, 1.0, utterance, 0, "speaker_similarity", "2", "ok", None, score.numerator, 1.0,
                score.detail,
            )  # fmt: skip
            words = ScoreRow("c", "d", name, 1.0, utterance, 0, "dwer", "1", "ok", None, 0.0, 1.0)
            rows += [row, words]
        results = StoredResults({}, {}, utterances, (), (), tuple(rows), (), ())
        pairs = pair_originals(results)
        judged = judge_speakers(results, pairs)
        found[name] = [str(row.detail.get("verdict")) for row in judged.scores if row.metric == CARD.id]
        if name == "Opus 32k":
            print(find_threshold(pairs))
    for name, values in found.items():
        share = exact_proportion(values.count("hallucinated"), len(values))
        print(f"{name:16s} another voice: {share.value:.2f} [{share.low:.2f}, {share.high:.2f}], degraded", end=" ")
        print(values.count("degraded"), "of", len(values))
    return found


@pytest.mark.parametrize("name", sorted({**BLURS, **FLOOR}))
def test_a_blurred_voice_is_not_another_voice(verdicts: dict[str, list[str]], name: str) -> None:
    assert verdicts[name].count("hallucinated") <= 0.05 * len(verdicts[name])


@pytest.mark.parametrize("name", ["voice x0.8", "voice x1.25"])
def test_another_voice_is_found(verdicts: dict[str, list[str]], name: str) -> None:
    assert verdicts[name].count("hallucinated") >= 0.8 * len(verdicts[name])


def test_opus_32k_keeps_the_speaker(verdicts: dict[str, list[str]]) -> None:
    assert set(verdicts["Opus 32k"]) == {"same speaker"}
    assert np.mean([verdict == "degraded" for verdict in verdicts["noise 5 dB"]]) > 0.9
