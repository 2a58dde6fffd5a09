from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from made_samples import paired
from made_speakers import ecapa_checkpoint

from codecbench.api import Abstain, Audio, MetricOptions, Sample, Utterance
from codecbench.metrics.speaker import GivenModelEvidence, ecapa_similarity
from codecbench.metrics.speaker.evidence import packed_signed, unpacked_signed
from codecbench.metrics.speaker.given import GivenModelSimilarity

pytest.importorskip("torch")
RNG = np.random.default_rng(0)
CLIP = 0.1 * RNG.standard_normal(32000)


@pytest.fixture(scope="module")
def metric(tmp_path_factory: pytest.TempPathFactory) -> GivenModelSimilarity:
    return ecapa_similarity(MetricOptions(ecapa_checkpoint(tmp_path_factory.mktemp("ecapa"))))


def test_it_is_the_cosine_and_keeps_the_originals_embedding(metric: GivenModelSimilarity) -> None:
    decoded = CLIP + 0.1 * RNG.standard_normal(32000)
    first, second = (np.array(metric.prepare(Audio.mono(x, 16000))) for x in (CLIP, decoded))
    score = metric.score(paired(CLIP, decoded, prepared=first.tolist()))
    assert score.value == pytest.approx(float(first @ second), abs=1e-6)
    assert metric.score(paired(CLIP, decoded)).value == score.value
    kept = GivenModelEvidence.from_json(score.detail).embedding
    assert kept is not None
    assert float(kept @ first) == pytest.approx(1, abs=1e-4)
    assert metric.score(paired(CLIP, CLIP)).value == pytest.approx(1, abs=1e-6)


def test_packing_keeps_signs_and_cosines() -> None:
    vectors = [RNG.standard_normal(192) for _ in range(2)]
    units = [vector / np.linalg.norm(vector) for vector in vectors]
    found = [unpacked_signed(packed_signed(unit)) for unit in units]
    assert float(found[0] @ found[1]) == pytest.approx(float(units[0] @ units[1]), abs=4e-3)
    assert np.sign(found[0][np.abs(units[0]) > 0.01]).tolist() == np.sign(units[0][np.abs(units[0]) > 0.01]).tolist()


def test_nothing_to_hear_has_no_figure(metric: GivenModelSimilarity) -> None:
    with pytest.raises(Abstain, match="decoded signal is silent"):
        metric.score(paired(CLIP, np.zeros(32000)))
    with pytest.raises(Abstain, match="too short"):
        metric.prepare(Audio.mono(CLIP[:4000], 16000))
    with pytest.raises(Abstain, match="the original is silent"):
        metric.prepare(Audio.mono(np.zeros(32000), 16000))


def test_stereo_is_one_clear_line(metric: GivenModelSimilarity) -> None:
    both = Audio(np.stack([CLIP, CLIP]).astype(np.float32), 16000)
    with pytest.raises(ValueError, match="has 2 channels at 16000 Hz; metrics take mono at 16000 Hz"):
        metric.score(Sample(Utterance("u", Path("u.wav")), both, both, both))
