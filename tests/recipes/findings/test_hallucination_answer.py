"""Whether one codec hallucinates more is asked of made runs whose answer is known."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import pytest
from made_runs import MadeCodec, store_results
from made_words import HEARD, error, made
from markdown_cells import cells
from recipe_command import run_recipe

from codecbench.analysis import Findings
from recipes.findings.answers import Answer
from recipes.findings.records import read

CODECS = tuple(MadeCodec(name, (3, 6), track="reference") for name in ("a", "liar", "z"))


def told(folders: Sequence[Path], codec: str, status: int = 0) -> str:
    asked = [part for folder in folders for part in ("--from", folder)]
    return run_recipe("hallucination-answer", *asked, "--codec", codec, status=status)


def rows(text: str, title: str) -> list[list[str]]:
    return cells(text.partition(f"**{title}")[2].partition("\n\n")[2].partition("\n\n")[0])[2:]


@pytest.fixture(scope="module")
def text(tmp_path_factory: pytest.TempPathFactory) -> str:
    folder = tmp_path_factory.mktemp("answer")
    store_results(made(codecs=CODECS), folder)
    return told([folder], "liar")


@pytest.mark.parametrize("title", ["H-WER", "flips of minimal pairs"])
def test_the_liar_has_more_than_each_other_codec(text: str, title: str) -> None:
    assert f"**{title}: liar has more than another codec in 4 and less in 0 of 4 comparisons**" in text
    found = rows(text, title)
    assert [(row[0], row[1], row[-1]) for row in found] == [
        ("3", "a at 3", "more"), ("3", "z at 3", "more"), ("6", "a at 6", "more"), ("6", "z at 6", "more"),
    ]  # fmt: skip
    assert all(row[4].startswith("+12.5 [" if title == "H-WER" else "+100.0 [") for row in found)


def test_the_words_of_each_codec(text: str) -> None:
    """One of eight words changed in each of 24 utterances: a lie of the liar, a blur of the others."""
    found = {(row[0], row[1]): row[4:] for row in rows(text, "Words changed")}
    assert found[("liar", "3")] == found[("liar", "6")] == ["24", "24", "n/a"]  # a share wants 50 errors
    assert found[("a", "6")] == ["0", "24", "n/a"]


def test_the_other_side_has_less_and_equals_cannot_be_told(tmp_path: Path) -> None:
    store_results(made(codecs=CODECS), tmp_path / "run")
    text = told([tmp_path / "run"], "z")
    assert "z has more than another codec in 0 and less in 2 of 4 comparisons" in text
    same = store_results(made([error(*HEARD[0])], codecs=CODECS), tmp_path / "same")
    assert {row[-1] for row in rows(told([same], "liar"), "H-WER")} == {"cannot tell"}


def test_the_figures_go_beside_the_tables(tmp_path: Path) -> None:
    run, out = store_results(made(codecs=CODECS), tmp_path / "run"), tmp_path / "answer.md"
    printed = run_recipe("hallucination-answer", "--from", run, "--codec", "liar", "--out", out)
    assert out.read_text(encoding="utf-8") == printed
    assert read(Answer, tmp_path / "answer.json").markdown() == printed
    refused = run_recipe("hallucination-answer", "--from", run, "--out", tmp_path / "answer.json", status=2)
    assert "give the name of the Markdown file" in refused


def test_several_runs_are_told_each_by_itself(tmp_path: Path) -> None:
    folders = [store_results(made(codecs=CODECS), tmp_path / name) for name in ("one", "two")]
    text = told(folders, "liar")
    assert text.count("**H-WER: liar has more") == text.count("\n**Words changed") == 2


def test_a_planned_family_is_smaller_and_begins_with_its_codec() -> None:
    results = made(codecs=CODECS)
    planned = Findings(results).word_rivals_of("z")
    assert {one.first.codec for one in planned} == {"z"}
    assert len(planned) == 8 < len(Findings(results).word_rivals) == 12


@pytest.mark.parametrize(
    ("codec", "points", "line"),
    [
        ("mine", (3, 6), "has no codec 'mine'; it has a, z"),
        ("a", (1.5,), "no figure in which a and another codec of like bitrate meet"),
    ],
)
def test_nothing_to_compare_is_one_line(tmp_path: Path, codec: str, points: tuple[float, ...], line: str) -> None:
    store_results(made(codecs=[MadeCodec("a", points), MadeCodec("z", (3, 6))]), tmp_path / "run")
    output = told([tmp_path / "run"], codec, status=2)
    assert line in output
    assert output.count("\n") == 1


def test_a_folder_without_a_run_is_one_line(tmp_path: Path) -> None:
    (tmp_path / "empty").mkdir()
    assert told([tmp_path / "empty"], "ladiff", status=2).count("\n") == 1
