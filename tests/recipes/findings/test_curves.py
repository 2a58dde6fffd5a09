"""The experiment's tables: seeds pooled, nothing ordered within their spread, JSON that holds every figure."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from codecbench.analysis.series import ORDER
from codecbench.errors import UsageError
from codecbench.plots.style import colour
from recipes.findings.curves import at_chosen_rates, cells, draw, read_results, write
from recipes.findings.ordering import Cell, Spread, leaders, spread

COUNTS = {"vocodec": ("2", "4", "6", "12"), "encodec": ("2", "4", "6", "12")}


def training(out: Path, codec: str, budget: str, seed: int, estoi: float, rate: float = 1e-3) -> None:
    folder = out / codec / f"rate-{rate:g}-seed-{seed}" / budget
    folder.mkdir(parents=True)
    terms = {"pesq_wb": 1.5, "estoi": estoi, "mel": 1 - estoi, "complex": 0.5, "clips": 12.0}
    facts = {
        "codec": codec, "seed": seed, "rate": rate, "updates": 1500, "audio_seconds": 4800.0,
        "validation": dict.fromkeys(COUNTS.get(codec, COUNTS["vocodec"]), terms),
    }  # fmt: skip
    (folder / "progress.json").write_text(json.dumps(facts))


@pytest.fixture
def out(tmp_path: Path) -> Path:
    for seed, estoi in enumerate((0.60, 0.62)):
        training(tmp_path, "vocodec", "quarter", seed, estoi)
    for seed, estoi in enumerate((0.63, 0.61)):
        training(tmp_path, "encodec", "quarter", seed, estoi)
    for codec in COUNTS:
        for rate in (1e-4, 3e-4):
            training(tmp_path, codec, "quarter", 0, 0.4, rate)
    return tmp_path


def test_seeds_are_pooled_and_what_they_do_not_set_apart_leads_together(out: Path) -> None:
    found = cells(at_chosen_rates(read_results(out), out), "quarter", "estoi")
    assert found["vocodec", 6.0].mean == pytest.approx(0.61)
    known = spread(found)
    assert known is not None
    assert known.deviation == pytest.approx(0.02 / 2**0.5)
    assert known.freedom == 2, "two codecs' second seeds; their four rates are of the same trainings"
    assert leaders(found, "estoi", known)[6.0] == ["encodec", "vocodec"]
    assert leaders(found, "estoi", Spread(0.001, 2))[6.0] == ["encodec"]
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
    to = tmp_path / "reports"
    to.mkdir()
    write(out, to)
    table = (to / "reference-track.md").read_text()
    assert "0.610 (0.600-0.620)" in table
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
    results.append(replace(vocodec, codec="facodec", scores={4.8: vocodec.scores[6.0]}))
    draw(results, tmp_path / "figure.svg")
    text = (tmp_path / "figure.svg").read_text()
    assert "<!-- facodec at 4.8 kbps -->" in text
    for codec in ("encodec", "vocodec"):
        assert f"<!-- {codec} -->" in text
        assert colour(ORDER.index(codec)).lower() in text.lower()
    assert colour(0).lower() not in text.lower()


def test_a_codec_with_rates_left_to_try_is_not_compared(tmp_path: Path) -> None:
    training(tmp_path, "encodec", "quarter", 0, 0.6)
    assert at_chosen_rates(read_results(tmp_path), tmp_path) == []
    with pytest.raises(UsageError, match="no codec has tried every learning rate yet"):
        write(tmp_path, tmp_path)


def test_a_larger_budget_has_a_column_and_tables_of_its_own(out: Path, tmp_path: Path) -> None:
    training(out, "vocodec", "medium", 0, 0.7)
    (to := tmp_path / "reports").mkdir()
    write(out, to)
    table = (to / "reference-track.md").read_text()
    assert table.index("## Budget `medium`: 24,000 updates") < table.index("## Budget `quarter`")
    assert "| seeds at quarter |" in " ".join(table.split()).replace("|   ", "| ")
    assert "seeds at medium" in table
    assert "seeds at small" not in table
    assert "24,000" in (to / "reference-track.svg").read_text()


def test_an_empty_folder_is_one_line(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="no finished training here"):
        read_results(tmp_path)
