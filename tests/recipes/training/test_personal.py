from __future__ import annotations

from importlib.resources import files
from pathlib import Path

import numpy as np
import pytest
import soundfile
from recipe_command import run_recipe
from running import codecbench
from safetensors.torch import load_file

from codecbench.errors import UsageError
from codecbench.plugins import registry
from codecbench.weights import resolve
from recipes.training.personal import WEIGHTS, PersonalJob, personalize, speech_of


@pytest.fixture(scope="module")
def voice(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Five pieces of one voice of the probe set."""
    folder = tmp_path_factory.mktemp("voice")
    path = Path(str(files("codecbench.datasets") / "speech" / "probe" / "probe-01.flac"))
    samples, rate = soundfile.read(path)
    for number, piece in enumerate(np.array_split(samples[: 5 * rate], 3)):
        soundfile.write(folder / f"{number}.wav", piece, rate)
        soundfile.write(folder / f"{number}-softer.wav", piece / 2, rate)
    return folder


def test_weights_are_trained_on_and_both_kinds_of_speech_are_scored(voice: Path, tmp_path: Path) -> None:
    own, others = speech_of(str(voice), None, "probe", 2)
    assert [one.speaker for one in others.utterances] == ["syn-v1", "syn-v2"]
    found = personalize(PersonalJob("vocodec", own, others, tmp_path, updates=2), lambda _: None)
    places = {(change.kbps, change.whose, change.metric): change for change in found.changes}
    assert places.keys() == {
        (kbps, whose, metric)
        for kbps in (1, 2, 3, 6) for whose in ("the speaker", "others") for metric in ("estoi", "pesq_wb")
    }  # fmt: skip
    assert {places[6, whose, "estoi"].utterances for whose in ("the speaker", "others")} == {2}
    assert places[6, "others", "estoi"].before > 0.6, "it starts from the shipped weights"
    assert any(change.before != change.after for change in found.changes)
    assert found.minutes * 60 == pytest.approx(4 * 3.185 / 3, abs=0.5), "four of the six pieces"
    shipped = resolve(registry().codec("vocodec:reference").card)
    assert shipped is not None
    before, after = load_file(shipped), load_file(tmp_path / WEIGHTS)
    assert before.keys() == after.keys()
    assert {name: tensor.shape for name, tensor in before.items()} == {n: t.shape for n, t in after.items()}
    assert any((before[name] != after[name]).any() for name in before)
    done = codecbench(
        "run", "--codecs", "vocodec", "--bitrates", "6", "--weights", f"vocodec:reference={tmp_path / WEIGHTS}",
        "--metrics", "estoi", "--cost", "none", "--limit", 1, "--out", tmp_path / "run",
    )  # fmt: skip
    assert done.returncode == 0, done.stderr


@pytest.mark.parametrize("codec", ["encodec", "ladiff"])
def test_other_codecs_start_as_they_are_shipped(voice: Path, tmp_path: Path, codec: str) -> None:
    """Codebooks of moving averages too: a lone update leaves them nearly where they were."""
    own, others = speech_of(str(voice), None, "probe", 1)
    found = personalize(PersonalJob(codec, own, others, tmp_path, updates=2, rate=1e-7), lambda _: None)
    changes = [change for change in found.changes if change.metric == "estoi" and change.whose == "others"]
    assert all(abs(change.after - change.before) < 0.02 for change in changes), found.markdown()
    assert max(change.before for change in changes) > 0.6


def test_a_mistake_is_one_line(voice: Path, tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="'probe' has 8 speakers; choose one: --only syn-v1"):
        speech_of("probe", None, "probe", 1)
    with pytest.raises(UsageError, match="--only nobody: no such speaker in 'probe'; it has syn-v1, syn-v2"):
        speech_of("probe", "nobody", "probe", 1)
    own, others = speech_of("probe", "syn-v1", "probe", 1)
    with pytest.raises(UsageError, match="3 recordings; at least 4 are needed"):
        personalize(PersonalJob("vocodec", own, others, tmp_path), print)
    told = run_recipe("personalize", "vocodec", "--speaker", "nowhere", "--out", tmp_path, status=2)
    assert "unknown dataset 'nowhere'" in told
