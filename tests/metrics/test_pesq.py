from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
import soundfile

from codecbench.api import Abstain, Audio, MetricCard, Sample, Utterance
from codecbench.metrics.pesq import (
    HOLDS_S,
    LEAST_UTTERANCE,
    LONGEST_CLOSED_PAUSE,
    LONGEST_S,
    NB_CARD,
    UTTERANCES,
    WB_CARD,
    Pesq,
)

pesq = pytest.importorskip("pesq")

RATE = 16000


def sample(reference: np.ndarray, decoded: np.ndarray) -> Sample:
    x, y = Audio.mono(reference, RATE), Audio.mono(decoded, RATE)
    return Sample(Utterance("u", Path("u.wav")), x, y, y)


def bursts(count: int, on_s: float, off_s: float) -> np.ndarray:
    """Noise bursts: each an utterance to PESQ when both are over 0.2 s."""
    rng = np.random.default_rng(0)
    burst = np.concatenate([0.2 * rng.standard_normal(round(on_s * RATE)), np.zeros(round(off_s * RATE))])
    return np.tile(burst, count) + 1e-5 * rng.standard_normal(count * len(burst))


def score_bursts(count: int, on_s: float, off_s: float) -> None:
    reference = bursts(count, on_s, off_s)
    decoded = reference + 0.01 * np.random.default_rng(1).standard_normal(len(reference))
    for card in (WB_CARD, NB_CARD):
        score = Pesq(card).score(sample(reference, decoded))
        assert card.low is not None
        assert card.high is not None
        assert card.low <= score.value <= card.high


@pytest.mark.parametrize(("count", "on_s", "off_s"), [(46, 0.215, 0.215), (60, 0.8, 0.8), (300, 0.22, 0.22)])
def test_more_utterances_than_the_c_code_has_room_for_do_not_kill(count: int, on_s: float, off_s: float) -> None:
    # In a process of its own: what would happen otherwise ends the test run.
    command = [sys.executable, __file__, str(count), str(on_s), str(off_s)]
    result = subprocess.run(command, capture_output=True, text=True, check=False)
    assert (result.returncode, result.stderr) == (0, "")


def test_the_limits_are_those_of_the_c_code() -> None:
    """The package comes with its source: the constants that the longest safe signal follows from."""
    header = (Path(pesq.__file__).parent / "pesq.h").read_text(errors="replace")
    defined = dict(re.findall(r"#define (MAXNUTTERANCES|MINUTTLENGTH|JOINSPEECHLGTH) +(\d+)", header))
    assert {name: int(value) for name, value in defined.items()} == {
        "MAXNUTTERANCES": UTTERANCES, "MINUTTLENGTH": LEAST_UTTERANCE, "JOINSPEECHLGTH": LONGEST_CLOSED_PAUSE,
    }  # fmt: skip
    assert LONGEST_S < HOLDS_S == pytest.approx(20.2)


def test_long_signals_are_the_mean_over_equal_segments() -> None:
    reference = bursts(12, 1.0, 1.0)
    decoded = reference + 0.02 * np.random.default_rng(1).standard_normal(len(reference))
    whole = Pesq(WB_CARD).score(sample(reference, decoded))
    half = len(reference) // 2
    parts = [
        Pesq(WB_CARD).score(sample(reference[cut], decoded[cut])).value for cut in (slice(half), slice(half, None))
    ]
    assert len(reference) / RATE > LONGEST_S
    assert whole.value == pytest.approx(np.mean(parts))
    assert whole.detail == {"segments": 2, "scored": 2}


def test_a_segment_without_an_utterance_is_left_out() -> None:
    reference = np.concatenate([bursts(10, 1.0, 1.0), np.zeros(25 * RATE)])
    decoded = reference + 0.001 * np.random.default_rng(1).standard_normal(len(reference))
    detail = Pesq(WB_CARD).score(sample(reference, decoded)).detail
    assert detail["scored"] < detail["segments"] == 3


@pytest.mark.parametrize("card", [WB_CARD, NB_CARD])
def test_a_segment_that_only_the_codec_made_silent_is_not_left_out(card: MetricCard) -> None:
    reference = bursts(23, 1.0, 1.0)
    decoded = reference + 0.05 * np.random.default_rng(1).standard_normal(len(reference))
    decoded[len(reference) // 3 :] = 0.0
    with pytest.raises(Abstain, match="silent in 2 of 3 segments, the original is not"):
        Pesq(card).score(sample(reference, decoded))


def test_a_pause_of_the_original_may_be_silent_in_the_decoded() -> None:
    reference = np.concatenate([bursts(20, 1.0, 1.0), np.zeros(20 * RATE)])
    assert Pesq(WB_CARD).score(sample(reference, reference)).detail == {"segments": 3, "scored": 2}


def test_under_a_quarter_of_a_second_abstains() -> None:
    signal = bursts(1, 0.3, 0.0)
    assert Pesq(WB_CARD).score(sample(signal[:4000], signal[:4000])).value > 4
    with pytest.raises(Abstain, match=r"too short: 0.250 s|too short: 0.24"):
        Pesq(WB_CARD).score(sample(signal[:3999], signal[:3999]))


def test_real_speech_at_16_bit_scores_the_top(shared: Path) -> None:
    samples, rate = soundfile.read(next(iter(sorted((shared / "data" / "eval" / "flac16").glob("*.flac")))))
    assert rate == RATE
    rounded = np.round(samples * 32768) / 32768
    assert Pesq(WB_CARD).score(sample(samples, rounded)).value == pytest.approx(4.644, abs=0.001)


if __name__ == "__main__":
    score_bursts(int(sys.argv[1]), float(sys.argv[2]), float(sys.argv[3]))
