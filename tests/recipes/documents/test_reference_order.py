"""Who is ahead is chosen from the figures."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from changed_reports import changed_reports

from codecbench.errors import UsageError
from recipes.documents.reference_order import order_points, order_table, readme_sentence, seed_spread
from recipes.documents.reports import Reports

NAME = "reference-track"


def ahead(data: Any) -> None:
    """IBPCodec gets clearly more than the control at 6 kbps."""
    for one in data:
        if (one["codec"], one["budget"]) == ("ibpcodec", "small"):
            one["scores"]["6.0"]["estoi"] += 0.1


def test_no_architecture_is_ahead_of_the_control() -> None:
    told = " ".join(order_points().split())
    assert "**No architecture is ahead of the plain autoencoder on ESTOI.** It is ahead of every one of them at" in told
    assert "at 6 kbps of all but IBPCodec and VoCodec. On PESQ-WB IBPCodec is ahead of it at 6 kbps;" in told


def test_one_that_is_ahead_is_said_to_be(tmp_path: Path) -> None:
    changed = changed_reports(tmp_path, NAME, ahead)
    assert "**On ESTOI IBPCodec is ahead of the plain autoencoder at 6 kbps.**" in " ".join(
        order_points(changed).split()
    )
    assert order_table(changed).splitlines()[-1].startswith("| 6 kbps | ibpcodec > plain ~ vocodec > eulerodec")
    with pytest.raises(UsageError, match="none of them is ahead"):
        readme_sentence(changed)


def test_the_order_is_the_reports() -> None:
    report = (Reports().folder / "reference-track.md").read_text()
    for line in order_table().splitlines()[2:]:
        kbps, *orders = line.strip("| ").split(" | ")
        assert all(f"- {kbps}: {order}\n" in report for order in orders)


def test_another_seed_changes_what_seeds_are_said_to_change(tmp_path: Path) -> None:
    def wider(data: Any) -> None:
        for one in data:
            if (one["codec"], one["budget"], one["seed"]) == ("dac", "small", 1):
                one["scores"]["6.0"]["pesq_wb"] -= 0.05

    assert "three of two); IBPCodec's differ most (PESQ-WB at 6 kbps 1.95, 1.99 and 2.09)" in " ".join(
        seed_spread().split()
    )
    assert "the others' by 0.08 at most" in " ".join(seed_spread(changed_reports(tmp_path, NAME, wider)).split())


def test_kinds_that_change_places_are_said(tmp_path: Path) -> None:
    def lower(data: Any) -> None:
        for one in data:
            if (one["codec"], one["budget"]) == ("vocodec", "small"):
                one["scores"]["2.0"]["estoi"] -= 0.3

    with pytest.raises(UsageError, match="VoCodec and IBPCodec follow"):
        order_points(changed_reports(tmp_path, NAME, lower))
