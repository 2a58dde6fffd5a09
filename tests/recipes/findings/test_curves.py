"""The experiment's tables: seeds pooled, nothing ordered within their spread, JSON that holds every figure."""

from __future__ import annotations

import json
import re
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from changed_reports import ROOT
from markdown_cells import cells as cells_of

from codecbench.analysis.looks import Look, find_looks
from codecbench.errors import UsageError
from codecbench.plots.style import colour
from codecbench.store.ids import CodecId
from recipes.findings.cells import Cell, cells
from recipes.findings.costs import UpdateCosts
from recipes.findings.curves import at_chosen_rates, read_results, write
from recipes.findings.ordering import Spread, leaders, spread
from recipes.findings.results import at_rates_gone_on_with, load
from recipes.findings.training_figure import draw
from recipes.training.job import write_facts
from recipes.training.schedule import BUDGETS

COUNTS = ("2", "4", "6", "12")
SPEAKERS = 12


def training(
    out: Path, codec: str, budget: str, seed: int, estoi: float, rate: float | None = 1e-3, *,
    cpu_seconds: float | None = 600.0, protocol: int = 2,
) -> None:  # fmt: skip
    """As if it had ended with `estoi`, which single test speakers differ from."""
    place = out / codec / (f"start-seed-{seed}" if rate is None else f"rate-{rate:g}-seed-{seed}") / budget
    terms = {"pesq_wb": 1.5, "estoi": estoi, "mel": 1 - estoi, "complex": 0.5, "clips": 12.0}
    facts: dict[str, object] = {
        "codec": codec, "seed": seed, "rate": rate, "updates": 0 if rate is None else BUDGETS[budget],
        "audio_seconds": 4800.0, "validation": dict.fromkeys(COUNTS, terms),
    }  # fmt: skip
    if protocol == 2:
        apart = np.linspace(-0.1, 0.1, SPEAKERS)
        speakers = {
            f"s{number}": {"pesq_wb": 1.5 + by, "estoi": estoi + by, "mel": 1 - estoi - by, "complex": 0.5}
            for number, by in enumerate(apart)
        }
        facts |= {"protocol": 2, "test": dict.fromkeys(COUNTS, speakers), "unquantized": speakers}
        facts |= {"cpu_seconds": cpu_seconds, "hardware": "a processor"}
    write_facts(place, facts)


def fill(out: Path, protocol: int) -> Path:
    for seed, estoi in enumerate((0.60, 0.62)):
        training(out, "vocodec", "quarter", seed, estoi, protocol=protocol)
    for seed, estoi in enumerate((0.63, 0.61)):
        training(out, "encodec", "quarter", seed, estoi, protocol=protocol)
    for codec in ("vocodec", "encodec"):
        for rate in (1e-4, 3e-4):
            training(out, codec, "quarter", 0, 0.4, rate, protocol=protocol)
    return out


@pytest.fixture
def out(tmp_path: Path) -> Path:
    return fill(tmp_path / "trainings", 2)


def written(out: Path) -> str:
    to = out.parent / "reports"
    to.mkdir(exist_ok=True)
    write([out], to)
    return (to / "reference-track.md").read_text()


def test_seeds_are_pooled_and_what_they_do_not_set_apart_leads_together(out: Path) -> None:
    found = cells(at_chosen_rates(read_results(out), out), "quarter", "estoi")
    assert found["vocodec", 6.0].mean == pytest.approx(0.61)
    known = spread(found)
    assert known is not None
    assert known.deviation == pytest.approx(0.02 / 2**0.5)
    assert known.freedom == 2, "two codecs' second seeds; their four rates are of the same trainings"
    assert found["vocodec", 6.0].speakers["s0"] == pytest.approx(0.61 - 0.1)
    assert leaders(found, "estoi", known)[6.0] == ["encodec", "vocodec"]
    assert leaders(found, "estoi", Spread(0.001, 2))[6.0] == ["encodec"], "all speakers differ alike in both"
    mel = cells(at_chosen_rates(read_results(out), out), "quarter", "mel")
    assert leaders(mel, "mel", Spread(0.001, 2))[6.0] == ["encodec"]


def test_equal_codecs_are_set_apart_one_time_in_twenty() -> None:
    """However many there are: the best of them is picked after the fact."""
    draw, trials, behind = np.random.default_rng(0), 400, 0
    for _ in range(trials):
        found = {(f"codec{i}", 6.0): Cell(tuple(draw.normal(0.7, 0.01, 2))) for i in range(8)}
        behind += len(leaders(found, "estoi", spread(found))[6.0]) < len(found)
    assert behind / trials < 0.09


def test_a_control_is_compared_like_a_codec(tmp_path: Path) -> None:
    training(tmp_path, "plain", "quarter", 0, 0.5)
    assert list(read_results(tmp_path)[0].scores) == [1.0, 2.0, 3.0, 6.0]


def test_everything_is_written(out: Path, tmp_path: Path) -> None:
    table, to = written(out), tmp_path / "reports"
    assert "Protocol 2: scores of 12 test speakers" in table
    assert re.search(r"\| encodec +\| 0\.620 \[0\.\d+, 0\.\d+\]", table)
    assert "encodec, vocodec" in table
    assert "- 6 kbps: encodec ~ vocodec" in table
    rates = table[table.index("## Learning rates") :]
    assert [cell.strip() for cell in rates.splitlines()[4].split("|")] == ["", "encodec", "0.400", "0.400", "0.630", ""]
    rows = json.loads((to / "reference-track.json").read_text())
    assert [(row["codec"], row["seed"]) for row in rows if row["rate"] == 1e-3] == [
        ("encodec", 0), ("encodec", 1), ("vocodec", 0), ("vocodec", 1)
    ]  # fmt: skip
    assert (to / "reference-track.svg").read_text().lstrip().startswith("<?xml")


def test_looks_are_those_of_every_figure_and_a_lower_rate_is_told(out: Path, tmp_path: Path) -> None:
    results = [result for result in read_results(out) if result.rate == 1e-3]
    vocodec = results[-1]
    lower = {"scores": {4.8: vocodec.scores[6.0]}, "test": {4.8: vocodec.test[6.0]}}
    results.append(replace(vocodec, codec="facodec", **lower))
    draw(results, tmp_path / "figure.svg")
    text = (tmp_path / "figure.svg").read_text()
    assert "<!-- facodec at 4.8 kbps -->" in text
    for codec in ("encodec", "vocodec"):
        one = CodecId(codec, "reference")
        assert f"<!-- {codec} -->" in text
        assert colour(find_looks([one])[one]).lower() in text.lower()
    assert colour(Look("", 0, 0)).lower() not in text.lower()


def test_a_codec_with_rates_left_to_try_is_not_compared(tmp_path: Path) -> None:
    training(tmp_path, "encodec", "quarter", 0, 0.6)
    assert at_chosen_rates(read_results(tmp_path), tmp_path) == []
    with pytest.raises(UsageError, match="no codec has tried every learning rate yet"):
        write([tmp_path], tmp_path)


def test_a_larger_budget_has_a_column_and_tables_of_its_own(out: Path, tmp_path: Path) -> None:
    training(out, "vocodec", "medium", 0, 0.7)
    table = written(out)
    assert table.index("## Budget `medium`: 24,000 updates") < table.index("## Budget `quarter`")
    assert "| seeds at quarter |" in " ".join(table.split()).replace("|   ", "| ")
    assert "seeds at medium" in table
    assert "seeds at small" not in table
    assert "24,000" in (tmp_path / "reports" / "reference-track.svg").read_text()


def test_what_there_was_before_the_first_update_stands_beside_what_was_learned(out: Path, tmp_path: Path) -> None:
    for seed in (0, 1):
        training(out, "encodec", "start", seed, 0.35, None, cpu_seconds=0.0)
    table = written(out)
    start = table[table.index("## Before the first update") :]
    assert re.search(r"\| encodec +\| 0\.350 \[", start)
    free = cells_of(start[start.index("## ESTOI without a quantizer") :].split("\n\n")[1])
    assert free[0] == ["codec", "before", "1,500"]
    assert free[2:] == [["encodec", "0.350", "0.620"], ["vocodec", "", "0.610"]]
    assert "<!-- 0 -->" in (tmp_path / "reports" / "reference-track.svg").read_text()


def test_both_readings_are_printed(out: Path, tmp_path: Path) -> None:
    training(out, "vocodec", "half", 0, 0.7, cpu_seconds=2400.0)
    table = written(out)
    equal = table[table.index("## At equal compute") :]
    assert "On a processor" in equal
    rows = cells_of(equal.split("\n\n")[2])
    assert rows[0] == ["codec", "16", "32"]
    assert rows[-1] == ["vocodec", f"{0.61 + 0.09 * np.log2(1.6) / 2:.3f}", f"{0.61 + 0.09 * np.log2(3.2) / 2:.3f}"]
    assert "CPU minutes of training" in (tmp_path / "reports" / "reference-track.svg").read_text()


def test_the_old_protocol_is_printed_as_what_it_is(tmp_path: Path) -> None:
    table = written(fill(tmp_path / "old", 1))
    assert "Protocol 1: scores of 12 validation speakers" in table
    assert "0.610 (0.600-0.620)" in table
    for claim in ("*leading*", "Order", "At equal compute", "without a quantizer"):
        assert claim not in table


def test_two_protocols_are_not_compared(out: Path) -> None:
    training(out, "vocodec", "half", 0, 0.7, protocol=1)
    with pytest.raises(UsageError, match="results of two protocols"):
        written(out)


def test_results_of_several_places_are_one_table(out: Path, tmp_path: Path) -> None:
    """An earlier record, what is kept of a training, and an experiment: the later source has the last word."""
    record = tmp_path / "earlier"
    record.mkdir()
    write([out], record)
    training(tmp_path / "more", "encodec", "medium", 0, 0.75)
    (place,) = (tmp_path / "more").glob("*/*/medium")
    (tmp_path / "kept").mkdir()
    place.rename(tmp_path / "kept" / "encodec-medium")
    training(tmp_path / "again", "vocodec", "quarter", 0, 0.66)
    to = tmp_path / "to"
    to.mkdir()
    write([record / "reference-track.json", tmp_path / "kept", tmp_path / "again"], to)
    found = {(one.codec, one.budget, one.seed, one.rate): one for one in load(to / "reference-track.json")}
    assert len(found) == len(read_results(out)) + 1
    assert found["encodec", "medium", 0, 1e-3].reported[6.0]["estoi"] == pytest.approx(0.75)
    assert found["vocodec", "quarter", 0, 1e-3].reported[6.0]["estoi"] == pytest.approx(0.66)
    assert "## Budget `medium`" in (to / "reference-track.md").read_text()


def test_by_what_an_update_costs_times_of_two_processors_compare(out: Path, tmp_path: Path) -> None:
    for seconds, budget in ((600.0, "half"), (None, "small")):
        training(out, "vocodec", budget, 0, 0.7, cpu_seconds=seconds)
    costs = UpdateCosts("one processor", "2", 15, {"vocodec": 0.32, "encodec": 0.64})
    write([out], tmp_path, costs)
    equal = (tmp_path / "reference-track.md").read_text().partition("## At equal compute")[2]
    assert "On one processor; CPU time is updates times what one costs" in equal
    assert cells_of(equal.split("\n\n")[2])[0] == ["codec", "8", "16", "32"]
    stored = [one for one in load(tmp_path / "reference-track.json") if one.budget == "half"]
    assert stored[0].cpu_seconds == 600.0, "what was taken stays as it was"
    write([out], tmp_path, replace(costs, seconds={"vocodec": 0.32}))
    equal = (tmp_path / "reference-track.md").read_text().partition("## At equal compute")[2]
    assert "| encodec " not in equal.partition("## Learning rates")[0]


def test_the_committed_record_is_read_and_printed_with_every_figure(tmp_path: Path) -> None:
    record = ROOT / "reports" / "reference-track.json"
    write([record], tmp_path)
    assert load(tmp_path / "reference-track.json") == load(record)
    printed = [row for row in cells_of((tmp_path / "reference-track.md").read_text()) if len(row) > 1]
    for row in cells_of((ROOT / "reports" / "reference-track.md").read_text()):
        if len(row) > 1 and row[0] in {"dac", "encodec", "plain", "vocodec"}:
            assert [number(cell) for cell in row] in [[number(cell) for cell in one] for one in printed], row


def number(cell: str) -> object:
    try:
        return float(cell)
    except ValueError:
        return cell


def test_of_a_file_the_rate_is_the_largest_budgets(out: Path) -> None:
    training(out, "vocodec", "half", 0, 0.7, 3e-4)
    training(out, "vocodec", "start", 0, 0.3, None)
    chosen = at_rates_gone_on_with(read_results(out))
    assert {(one.codec, one.rate) for one in chosen} == {("vocodec", 3e-4), ("vocodec", None)}


def test_an_empty_folder_is_one_line(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="no finished training here"):
        read_results(tmp_path)
