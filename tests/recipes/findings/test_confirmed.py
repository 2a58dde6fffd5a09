"""The share of changed words that a second recognizer hears too, of a made run whose words are known."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

from made_runs import MadeCodec, made_results, metric_facts, store_results
from markdown_cells import cells
from recipe_command import run_recipe

from codecbench.metrics.confirmed.evidence import ConfirmedEvidence, SecondOpinion
from codecbench.store.rows import ScoreRow, StoredResults
from recipes.findings.confirmed import ConfirmedWords
from recipes.findings.records import read

CODECS = (MadeCodec("clear", (6,)), MadeCodec("liar", (3, 6)))
METRIC = "confirmed_wer"


def opinions(confirmed: int, others: int) -> tuple[SecondOpinion, ...]:
    return tuple(
        SecondOpinion("substitution", n, "solve", "sold", n < confirmed) for n in range(confirmed + others)
    )  # fmt: skip


def made() -> StoredResults:
    """`clear` changes nothing; of what `liar` changes one word in four is confirmed."""
    run = made_results(CODECS, metrics=("wer",))
    scores = []
    for row in run.codings:
        told = ConfirmedEvidence(False, opinions(1, 3) if row.codec == "liar" else ())
        place = (row.codec, row.checkpoint, row.point, row.nominal_kbps, row.utterance, row.seed)
        scores.append(ScoreRow(*place, METRIC, "1", "ok", None, float(told.confirmed), 10.0, told.to_json()))
    facts = metric_facts("wer", id=METRIC)
    return replace(run, metrics={**run.metrics, METRIC: facts}, scores=(*run.scores, *scores))


def test_of_each_codec_the_share_and_its_interval(tmp_path: Path) -> None:
    store_results(made(), tmp_path / "run")
    out = tmp_path / "confirmed.md"
    text = run_recipe("confirmed-words", "--from", tmp_path / "run", "--out", out)
    rows = cells(text)[2:]
    assert [row[:4] for row in rows] == [
        ["clear", "6", "0", "0"], ["liar", "3", "96", "24"], ["liar", "6", "96", "24"],
    ]  # fmt: skip
    assert rows[0][4] == "n/a"
    assert rows[1][4].startswith("25.0 [")
    found = read(ConfirmedWords, out.with_suffix(".json"))
    assert found.markdown() == text == out.read_text()
    share = found.shares[1].share
    assert share is not None
    assert share.low is not None
    assert share.low <= 25.0
    assert share.high is not None
    assert share.high >= 25.0


def test_a_run_without_it_is_told_how_to_add_it(tmp_path: Path) -> None:
    store_results(made_results(), tmp_path / "run")
    told = run_recipe("confirmed-words", "--from", tmp_path / "run", status=2)
    assert f"has no {METRIC}; add it with: codecbench score" in told
