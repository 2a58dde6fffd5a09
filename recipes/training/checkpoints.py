"""Checkpoints on disk, by ignite: written beside the old one and then put in its place, so that one is always whole."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from ignite.engine import Engine
from ignite.handlers import Checkpoint, DiskSaver

from codecbench.errors import UsageError

STATE, MARK = "state", "mark"
"""Checkpoints are `state_checkpoint_<updates>.pt`; those to branch off from `mark_checkpoint_<updates>.pt`."""


@dataclass(frozen=True)
class Keeping:
    """Where and how often checkpoints are written; `marks` are updates whose state is kept for good."""

    folder: Path
    minutes: float = 4.0
    marks: tuple[int, ...] = ()
    stop_after_minutes: float | None = None


class Saver:
    """Writes `state` under a name with the number of updates; keeps the latest `kept`, or all."""

    def __init__(
        self, state: dict[str, Any], folder: Path, prefix: str, kept: int | None, updates: Callable[[], int]
    ) -> None:
        self.folder, self.prefix, self.kept = folder, prefix, kept
        self._saver = Checkpoint(
            state, DiskSaver(str(folder), create_dir=True, require_empty=False), filename_prefix=prefix, n_saved=kept,
            global_step_transform=lambda *_: updates(),
        )  # fmt: skip

    def save(self, engine: Engine) -> None:
        """Raises UsageError where it cannot be written."""
        try:
            self._saver(engine)
        except (OSError, RuntimeError) as error:
            raise UsageError(
                f"{self.folder}: the checkpoint cannot be written ({first_line(error)}); free some space"
            ) from error
        if self.kept == 1:  # ignite knows of the files of its own run alone
            for path in self.folder.glob(f"{self.prefix}_checkpoint_*.pt"):
                if path.name != Path(str(self._saver.last_checkpoint)).name:
                    path.unlink()


def latest_state(folder: Path) -> Path | None:
    """The newest checkpoint in `folder`, if there is one."""
    states = folder.glob(f"{STATE}_checkpoint_*.pt")
    return max(states, key=lambda path: int(path.stem.rpartition("_")[2]), default=None)


def first_line(error: BaseException) -> str:
    return (str(error).strip().splitlines() or [type(error).__name__])[0]
