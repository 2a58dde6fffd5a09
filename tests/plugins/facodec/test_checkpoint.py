"""FACodec's files: one or two of them, damaged, hostile, of another model; and random weights by seed."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
import torch
from codecbench_facodec import AMPHION, CARDS, REFERENCE, build
from codecbench_facodec.checkpoint import DECODER_FILE, ENCODER_FILE, FILTERS, POSITIONS, TRAINING_HEADS
from original_layout import random_tensors, shapes
from torch import Tensor

from codecbench.api import Audio, CodecOptions
from codecbench.errors import UsageError


def speech_like(samples: int = 3000) -> Audio:
    return Audio.mono(0.1 * np.random.default_rng(0).standard_normal(samples).astype(np.float32), 16000)


def tensors(part: str) -> dict[str, Tensor]:
    """Of one file in the official layout, without what is dropped."""
    dropped = (*TRAINING_HEADS, POSITIONS)
    names = {n: s for n, s in shapes("facodec", part).items() if not n.startswith(dropped) and not n.endswith(FILTERS)}
    return random_tensors(names, 0)


def write(folder: Path, **changes: Tensor) -> Path:
    torch.save(tensors("encoder"), folder / ENCODER_FILE)
    torch.save({**tensors("decoder"), **changes}, folder / DECODER_FILE)
    return folder / DECODER_FILE


def refusal(path: Path) -> str:
    with pytest.raises(UsageError) as caught:
        build(CodecOptions("amphion", path))
    assert str(caught.value).startswith("facodec:amphion: ")
    assert "\n" not in str(caught.value)
    return str(caught.value)


def test_one_file_with_the_tensors_of_both_is_as_good(tmp_path: Path) -> None:
    two = write(tmp_path)
    torch.save(tensors("encoder") | tensors("decoder"), tmp_path / "both.pt")
    payloads = [
        build(CodecOptions("amphion", path)).encode(speech_like(), AMPHION.points[-1])
        for path in (two, tmp_path / "both.pt")
    ]
    assert payloads[0] == payloads[1]


def test_a_truncated_file_is_refused(tmp_path: Path) -> None:
    path = write(tmp_path)
    path.write_bytes(path.read_bytes()[:100_000])
    assert f"{DECODER_FILE} cannot be read as weights" in refusal(path)


class Hostile:
    def __reduce__(self) -> tuple[object, tuple[str, ...]]:
        return print, ("executed",)


def test_a_hostile_pickle_is_refused_and_not_executed(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = write(tmp_path)
    torch.save({"timbre_linear.bias": Hostile()}, path)
    assert "cannot be read as weights" in refusal(path)
    path = write(tmp_path)
    torch.save(Hostile(), path.with_name(ENCODER_FILE))
    assert f"{ENCODER_FILE} cannot be read as weights" in refusal(path)
    assert "executed" not in capsys.readouterr().out


def test_an_encoder_that_is_none_is_refused(tmp_path: Path) -> None:
    path = write(tmp_path)
    torch.save(tensors("decoder"), path.with_name(ENCODER_FILE))
    assert "is no part of an encoder" in refusal(path)


def test_other_filters_are_refused(tmp_path: Path) -> None:
    name = "model.5.downsample.lowpass.filter"
    path = write(tmp_path, **{name: torch.ones(1, 1, 12) / 12})
    assert f"{name} is not the anti-aliasing filter" in refusal(path)


def test_the_other_configurations_weights_are_refused(tmp_path: Path) -> None:
    path = tmp_path / "reference.pt"
    torch.save(build(CodecOptions("reference")).model.state_dict(), path)
    assert f"{path.name} holds no encoder" in refusal(path)


@pytest.mark.parametrize("card", CARDS, ids=lambda card: card.checkpoint)
def test_random_weights_follow_the_seed_and_answer_to_the_signal(card) -> None:
    point = card.points[-1]
    first, same, other = (build(CodecOptions(card.checkpoint, seed=seed)) for seed in (1, 1, 2))
    payload = first.encode(speech_like(), point)
    assert payload == same.encode(speech_like(), point)
    assert payload != other.encode(speech_like(), point)
    assert all(len(set(row)) > 3 for row in first.codes(payload, point).tolist())
    assert np.array_equal(first.decode(payload, point).samples, same.decode(payload, point).samples)
    assert first.decode(payload, point).length == 3000


def test_its_latency_is_the_utterance() -> None:
    """The last 0.1 s of 3 s change the timbre, and through it the first sample that is decoded."""
    codec, point = build(CodecOptions("reference", seed=1)), REFERENCE.points[-1]
    audio = speech_like(48000).samples
    changed = audio.copy()
    changed[:, -1600:] = 0
    parts = [codec.parts(codec.encode(Audio(samples, 16000), point), point) for samples in (audio, changed)]
    assert np.array_equal(parts[0].codes[:, :100], parts[1].codes[:, :100])
    assert not np.array_equal(parts[0].timbre, parts[1].timbre)
    assert all(card.whole_utterance and card.latency_ms is None and not card.causal for card in CARDS)
