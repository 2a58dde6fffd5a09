from __future__ import annotations

from pathlib import Path

import pytest
import torch
from ignite.engine import Engine
from torch import nn

from codecbench.errors import UsageError
from recipes.training.checkpoints import STATE, Saver, first_line, latest_state


def saver(folder: Path, updates: list[int], kept: int | None = 1) -> Saver:
    return Saver({"model": nn.Linear(1, 1), "other": nn.Linear(1, 1)}, folder, STATE, kept, lambda: updates[0])


def test_the_newest_is_by_its_updates_and_not_by_its_name(tmp_path: Path) -> None:
    assert latest_state(tmp_path) is None
    for updates in (9, 10, 100, 20):
        (tmp_path / f"{STATE}_checkpoint_{updates}.pt").touch()
    (tmp_path / "mark_checkpoint_500.pt").touch()
    assert latest_state(tmp_path) == tmp_path / f"{STATE}_checkpoint_100.pt"


def test_one_is_kept_also_of_those_that_an_earlier_process_wrote(tmp_path: Path) -> None:
    engine, updates = Engine(lambda *_: None), [3]
    saver(tmp_path, updates).save(engine)
    updates[0] = 8
    saver(tmp_path, updates).save(engine)
    assert [path.name for path in tmp_path.iterdir()] == [f"{STATE}_checkpoint_8.pt"]
    assert set(torch.load(tmp_path / f"{STATE}_checkpoint_8.pt", weights_only=True)) == {"model", "other"}


def test_what_cannot_be_written_is_one_line(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    found = saver(tmp_path, [1])

    def full(engine: Engine) -> None:
        raise OSError("No space left\non device")

    monkeypatch.setattr(found, "_saver", full)
    with pytest.raises(UsageError, match=r"the checkpoint cannot be written \(No space left\); free some space"):
        found.save(Engine(lambda *_: None))
    assert first_line(ValueError()) == "ValueError"
