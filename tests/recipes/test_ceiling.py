"""What passes without a quantizer stands beside what passes with it, for the control as for codecs."""

from __future__ import annotations

from pathlib import Path

import pytest
import torch
from click.testing import CliRunner
from made_speech import write_manifest

from recipes.__main__ import main
from recipes.ceiling import compare
from recipes.data import Speech, load_speech
from recipes.families import build
from recipes.validation import judge


@pytest.fixture(scope="module")
def trained(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("ceiling")
    for codec in ("plain", "dac"):
        invoke("train", codec, "--data", write_manifest(folder), "--out", folder / codec, "--updates", 2)
    return folder


@pytest.fixture(scope="module")
def speech(trained: Path) -> Speech:
    return load_speech(trained / "train.tsv", None, 12800)


def invoke(*arguments: object, status: int = 0) -> str:
    threads = ["--batch", 1, "--threads", torch.get_num_threads()] if arguments[0] == "train" else []
    result = CliRunner().invoke(main, [str(part) for part in (*arguments, *threads)], catch_exceptions=False)
    assert result.exit_code == status, result.output
    return result.output


def test_the_control_and_a_codec_stand_below_each_other(trained: Path, speech: Speech) -> None:
    lines = compare(trained / "plain", ("vocodec",), speech).splitlines()
    table = [[cell.strip() for cell in line.split("|")[1:-1]] for line in lines]
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


@pytest.mark.parametrize(
    ("folder", "line"),
    [("dac", "a training of dac; wanted is one of plain"), (".", "no finished training here")],
)
def test_what_is_no_control_is_one_line(trained: Path, folder: str, line: str) -> None:
    said = invoke("ceiling", "--control", trained / folder, "--data", trained / "train.tsv", status=1)
    assert line in said
    assert said.count("\n") <= 2


def test_another_manifest_is_one_line(trained: Path, tmp_path: Path) -> None:
    other = write_manifest(tmp_path, speakers=11)
    said = invoke("ceiling", "--control", trained / "plain", "--data", other, status=1)
    assert said.endswith("plain: trained on another manifest than --data\n")
