"""What shipped weights reach is told of made runs whose answers are known."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest
from made_runs import MadeCodec, made_results, metric_facts, store_results
from markdown_cells import row
from recipe_command import run_recipe

from codecbench.analysis import Findings
from codecbench.store.rows import LadderRow, StoredResults
from recipes.findings.bar_tables import bar_markdown
from recipes.findings.bars import Bar
from recipes.findings.records import read
from recipes.findings.rivals import ReferenceRun, against_rivals

RIVALS = (MadeCodec("opus", (6, 12), 0.5), MadeCodec("codec2", (3.2,), 0.6))
GOOD = MadeCodec("good", (6, 1, 3), 0.9, "reference", "reference", codebooks=True)
NOBODY = (None, None)
BAD = MadeCodec("bad", (2.4, 4.8), 0.1, "reference", "reference")


def with_words(results: StoredResults) -> StoredResults:
    """ΔWER as WER less one word, for which the made recognizer has no metric."""
    scores = [
        replace(row, metric="delta_wer", numerator=row.numerator - 1) for row in results.scores if row.metric == "wer"
    ]
    cards = {**results.metrics, "delta_wer": metric_facts("wer", id="delta_wer")}
    return replace(results, metrics=cards, scores=results.scores + tuple(scores))


def told(folder: Path, status: int = 0) -> str:
    return run_recipe("reference-bar", "--from", folder, status=status)


@pytest.fixture(scope="module")
def lines(tmp_path_factory: pytest.TempPathFactory) -> list[list[str]]:
    folder = tmp_path_factory.mktemp("bar")
    store_results(with_words(made_results((*RIVALS, GOOD, BAD), utterances=48, speakers=16)), folder)
    return [row(line) or [line] for line in told(folder).splitlines()]


def rows(lines: list[list[str]], title: str) -> dict[str, list[str]]:
    start = next(index for index, line in enumerate(lines) if line[0].startswith(f"**{title}"))
    end = next((i for i in range(start + 2, len(lines)) if lines[i] == [""]), len(lines))
    return {line[0]: line[1:] for line in lines[start + 4 : end]}


def test_points_rise_whatever_their_order(lines: list[list[str]]) -> None:
    found = rows(lines, "Over the bitrate")
    assert found["good"][0] == "1, 3, 6"
    assert [float(value) for value in found["good"][1].split(", ")] == sorted(map(float, found["good"][1].split(", ")))
    assert "falls" not in " ".join(found["good"] + found["bad"])


def test_the_figures_go_beside_the_tables(tmp_path: Path) -> None:
    run = store_results(with_words(made_results((*RIVALS, GOOD, BAD), utterances=48, speakers=16)), tmp_path / "run")
    printed = run_recipe("reference-bar", "--from", run, "--out", tmp_path / "bar.md")
    assert (tmp_path / "bar.md").read_text(encoding="utf-8") == printed
    assert bar_markdown(read(Bar, tmp_path / "bar.json")) == printed


def test_a_codec_without_codes_is_not_said_to_use_them(lines: list[list[str]]) -> None:
    found = rows(lines, "Codes")
    assert found["bad"] == ["n/a", "n/a", "no"]
    assert found["good"][2] == "yes"


@pytest.mark.parametrize(("rival", "points"), [("opus", ("6", "4.8")), ("codec2", ("3", "2.4"))])
def test_better_is_what_lies_outside_the_interval(lines: list[list[str]], rival: str, points: tuple[str, ...]) -> None:
    assert any(line[0].startswith(f"**Against {rival}") and "1 of 2 on ESTOI, 1 of 2 on" in line[0] for line in lines)
    found = rows(lines, f"Against {rival}")
    assert (found["good"][0], found["bad"][0]) == points
    assert (found["good"][3], found["bad"][3]) == ("yes", "no")
    assert float(found["good"][2].split()[0]) > 0 > float(found["bad"][2].split()[0])


def test_many_comparisons_of_a_metric_are_one_family(tmp_path: Path) -> None:
    """A difference that its own interval shows, but not that of all comparisons together: a t of 2.5."""
    made = with_words(made_results((*RIVALS, GOOD, BAD), utterances=16, speakers=16))
    rival = ("opus", "6", "estoi")
    opus = {s.utterance: s.numerator or 0.0 for s in made.scores if (s.codec, s.point, s.metric) == rival}
    scores = [
        replace(row, numerator=opus[row.utterance] + 0.01 + (0.0155 if int(row.utterance[-2:]) % 2 else -0.0155))
        if (row.codec, row.point, row.metric) == ("good", "6", "estoi") else row
        for row in made.scores
    ]  # fmt: skip
    made = replace(made, scores=tuple(scores))
    findings = Findings(made)
    good = sorted((row for row in findings.summary.rows if row.codec == "good"), key=lambda row: row.nominal_kbps)
    found = ReferenceRun(findings, {"good": good})
    single = found.paired(found.rival(6.0), found.at("good", 6.0), "estoi").change
    together = against_rivals(found)["good", 6.0, "estoi"]
    assert single.value == together.value == pytest.approx(0.01)
    assert single.low is not None
    assert together.low is not None
    assert single.low > 0 > together.low
    assert not together.above
    store_results(made, tmp_path)
    text = told(tmp_path)
    assert "**Against opus at 6 kbps: above it 0 of 2 on ESTOI" in text
    assert "wrong *above* among all 8 comparisons (codec, metric, rival) is at most 5 %" in text


def test_what_is_said_by_one_metric_does_not_depend_on_another() -> None:
    made = with_words(made_results((*RIVALS, GOOD), utterances=16, speakers=16))
    wild = tuple(
        replace(row, numerator=(row.numerator or 0.0) + (int(row.utterance[-2:]) % 5))
        if row.metric == "pesq_wb"
        else row
        for row in made.scores
    )
    here, there = (
        against_rivals(ReferenceRun(findings, {"good": [row for row in findings.summary.rows if row.codec == "good"]}))
        for findings in (Findings(made), Findings(replace(made, scores=wild)))
    )
    for place, change in here.items():
        assert place[2] == "pesq_wb" or there[place] == change


def test_a_few_speakers_show_nothing(tmp_path: Path) -> None:
    store_results(with_words(made_results((*RIVALS, GOOD), utterances=20, speakers=5)), tmp_path)
    assert told(tmp_path).count("above it 0 of 1 on ESTOI, 0 of 1 on PESQ-WB") == 2


@pytest.mark.parametrize(
    ("passed", "why"),
    [(0.1, "no: network (0.100 without quantizer)"), (0.99, "no: quantizer (0.990 without quantizer)")],
)
def test_with_a_ladder_what_is_not_better_is_explained(tmp_path: Path, passed: float, why: str) -> None:
    made = with_words(made_results((*RIVALS, GOOD, BAD)))
    rungs = [
        LadderRow(*place, rung, row.id, "estoi", "1", "ok", None, value, 1.0)
        for row in made.utterances
        for place, rung, value in ((NOBODY, "original", 1.0), (("bad", "reference"), "network", passed))
    ]
    store_results(replace(made, ladder=tuple(rungs)), tmp_path)
    lines = [row(line) for line in told(tmp_path).splitlines()]
    answers = [line[4] for line in lines if line and line[0] == "bad" and line[1] in ("4.8", "2.4") and len(line) == 8]
    assert answers == [why, why]


def test_words(lines: list[list[str]]) -> None:
    found = rows(lines, "Words")
    assert {name: row[-1] for name, row in found.items()} == {"good": "yes", "bad": "no"}


def test_words_that_may_be_more_are_not_said_to_be_few(tmp_path: Path) -> None:
    """Every fourth utterance costs 16 % of its words: 4 points on average, but the interval reaches beyond 5."""
    made = with_words(made_results((*RIVALS, GOOD), utterances=16, speakers=16))
    scores = tuple(
        replace(row, numerator=0.0 if int(row.utterance[-2:]) % 4 else 0.16 * (row.denominator or 0.0))
        if row.metric == "delta_wer" else row
        for row in made.scores
    )  # fmt: skip
    store_results(replace(made, scores=scores), tmp_path)
    text = told(tmp_path).partition("**Words")[2]
    assert text.startswith(": ΔWER shown to be below 5 points for 0 of 1**")
    (line,) = [row(line) for line in text.splitlines() if line.startswith("| good")]
    assert float(line[2].split()[0]) < 5
    assert line[3] == "no"


def test_a_fall_is_named(tmp_path: Path) -> None:
    made, fallen = with_words(made_results((*RIVALS, GOOD), utterances=48, speakers=16)), ("good", "6", "estoi")
    scores = [
        replace(row, numerator=row.numerator - 0.5) if (row.codec, row.point, row.metric) == fallen else row
        for row in made.scores
    ]
    store_results(replace(made, scores=tuple(scores)), tmp_path)
    assert told(tmp_path).count("falls") == 1


def test_one_point_has_no_step(tmp_path: Path) -> None:
    alone = MadeCodec("alone", (3,), 0.5, "reference", "reference")
    store_results(with_words(made_results((*RIVALS, alone))), tmp_path)
    assert told(tmp_path).count("| n/a ") == 4  # two steps, two shares of codes


@pytest.mark.parametrize(
    ("codecs", "metrics", "reason"),
    [
        (
            (*RIVALS, MadeCodec("high", (6,), 0.9, "reference", "reference")),
            ("pesq_wb", "estoi", "wer"),
            "the run has no point of high at 3.2 kbps or less",
        ),
        (RIVALS, ("pesq_wb", "estoi", "wer"), "the run has no codec of the reference track"),
        ((RIVALS[1], GOOD), ("pesq_wb", "estoi", "wer"), "the run has no opus at 6 kbps"),
        ((*RIVALS, GOOD), ("estoi", "wer"), "the run has no pesq_wb"),
    ],
)
def test_what_is_missing_is_one_line(
    tmp_path: Path, codecs: tuple[MadeCodec, ...], metrics: tuple[str, ...], reason: str
) -> None:
    store_results(with_words(made_results(codecs, metrics=metrics)), tmp_path)
    assert told(tmp_path, status=2) == f"Error: {reason}\n"
