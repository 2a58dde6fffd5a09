"""What passes without a quantizer stands beside what passes with it, for the control as for codecs."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
import torch
from made_speech import write_manifest
from markdown_cells import cells
from recipe_command import run_recipe

from codecbench.errors import UsageError
from recipes.codecs import build
from recipes.findings.ceiling import compare
from recipes.training.data import Speech, load_speech
from recipes.training.validation import WHOLE, judge, judge_speakers


@pytest.fixture(scope="module")
def trained(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("ceiling")
    short = ("--updates", 2, "--batch", 1, "--threads", torch.get_num_threads())
    for codec in ("plain", "dac"):
        run_recipe("train", codec, "--data", write_manifest(folder), "--out", folder / codec, *short)
    return folder


@pytest.fixture(scope="module")
def speech(trained: Path) -> Speech:
    return load_speech(trained / "train.tsv", None, 12800)


def test_the_control_and_a_codec_stand_below_each_other(trained: Path, speech: Speech) -> None:
    table = cells(compare(trained / "plain", ("vocodec",), speech).markdown())
    assert table[0][:5] == ["codec", "kbps", "ESTOI, no quantizer", "all codebooks", "lost in quantizer"]
    assert [row[:2] for row in table[2:]] == [["plain", "6"], ["vocodec", "6"]]
    for row in table[2:]:
        free, coded, lost = map(float, row[2:5])
        assert lost == pytest.approx(free - coded, abs=0.0015)
    assert float(table[3][4]) > 0  # trained weights: codes cost something


def test_no_codebook_takes_part_without_a_quantizer() -> None:
    trainee = build("plain", 0)
    clip = torch.randn(1, 1, 6400, generator=torch.Generator().manual_seed(0))
    free = trainee.unquantized(clip)
    for value in (*trainee.model.quantizer.parameters(), *trainee.model.quantizer.buffers()):
        value.data.zero_()
    assert torch.equal(trainee.unquantized(clip), free)
    assert not torch.equal(trainee.infer(clip, 12), free)
    assert trainee.model.training


def test_what_is_passed_untouched_has_no_loss(speech: Speech) -> None:
    assert judge(lambda clip: clip, speech.validation)["mel"] == pytest.approx(0, abs=1e-5)
    passed = judge_speakers(lambda audio: audio, speech.test)
    assert passed.keys() == {one.speaker for one in speech.test}
    assert all(terms["mel"] == pytest.approx(0, abs=1e-5) for terms in passed.values())


def test_a_whole_utterance_is_judged_and_no_more(speech: Speech) -> None:
    """Not its first seconds alone, and not what pads it."""
    (one, *_) = speech.test
    longer = replace(one, signal=np.tile(one.signal, 5)[: 5 * 16000 + 100])

    def spoiled(audio: torch.Tensor) -> torch.Tensor:
        assert audio.shape[-1] == 5 * 16000 + WHOLE
        padding = torch.ones(1, 1, WHOLE - 100)
        return torch.cat([audio[..., : 5 * 16000 + 100], padding], dim=-1)

    def cut(audio: torch.Tensor) -> torch.Tensor:
        return torch.cat([audio[..., : 4 * 16000], torch.zeros(1, 1, audio.shape[-1] - 4 * 16000)], dim=-1)

    assert judge_speakers(spoiled, [longer])[one.speaker]["mel"] == pytest.approx(0, abs=1e-5)
    assert judge_speakers(cut, [longer])[one.speaker]["mel"] > 0.1


def test_weights_that_have_heard_the_test_speakers_are_refused(trained: Path, speech: Speech, tmp_path: Path) -> None:
    facts = json.loads((trained / "plain" / "progress.json").read_text())
    del facts["protocol"]
    (tmp_path / "progress.json").write_text(json.dumps(facts))
    with pytest.raises(UsageError, match="trained by protocol 1 on speakers that protocol 2 tests with"):
        compare(tmp_path, (), speech)


@pytest.mark.parametrize(
    ("folder", "line"),
    [("dac", "a training of dac; wanted is one of plain"), (".", "no finished training here")],
)
def test_what_is_no_control_is_one_line(trained: Path, folder: str, line: str) -> None:
    said = run_recipe("ceiling", "--control", trained / folder, "--data", trained / "train.tsv", status=2)
    assert line in said
    assert said.count("\n") <= 2


def test_another_manifest_is_one_line(trained: Path, tmp_path: Path) -> None:
    other = write_manifest(tmp_path, speakers=11)
    said = run_recipe("ceiling", "--control", trained / "plain", "--data", other, status=2)
    assert said.endswith("plain: trained on another manifest than --data\n")
