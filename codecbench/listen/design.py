"""What a listening test is: its trials, and which condition hides behind each stimulus. `key.json` holds it."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any, Literal, TypeAlias, get_args

from codecbench.errors import UsageError
from codecbench.store.ids import CellPlace

Kind: TypeAlias = Literal["mushra", "abx"]
"""MUSHRA: ITU-R BS.1534-3. ABX: which of two is the reference, for codecs that are close to it."""
KINDS: tuple[Kind, ...] = get_args(Kind)
Role: TypeAlias = Literal["codec", "anchor", "mnru"]
REFERENCE = "reference"
"""What webMUSHRA calls the hidden reference in its answers."""
TRAINING = "training"
"""Id of the trial that is for practice: its answers are not read."""
MID_ANCHOR_HZ = 7000.0
"""Of BS.1534-3's mid-range anchor, which post-screening looks at, too."""
FORMAT = 1


@dataclass(frozen=True)
class TestSignal:
    """A file of a trial. `code` is what the listener's browser sees; `name` says what it is.

    `cell` is set for a codec's output alone; `hertz` for a low-pass anchor, `snr_db` for modulated noise (MNRU).
    """

    code: str
    role: Role
    name: str
    file: str
    cell: CellPlace | None = None
    hertz: float | None = None
    snr_db: float | None = None


@dataclass(frozen=True)
class Trial:
    """One utterance: its reference and everything that is rated against it."""

    id: str
    utterance: str
    reference: str
    stimuli: tuple[TestSignal, ...]


@dataclass(frozen=True)
class ListeningTest:
    """A listening test of the run `run_id`; `id` is what the player writes beside each answer."""

    kind: Kind
    id: str
    run_id: str
    seed: int
    trials: tuple[Trial, ...]

    def find(self, trial: str, code: str) -> tuple[Trial, TestSignal] | None:
        """What was asked under these names; None where nothing was."""
        for one in self.trials:
            if one.id == trial:
                return next(((one, stimulus) for stimulus in one.stimuli if stimulus.code == code), None)
        return None

    def write(self, path: Path) -> None:
        """Raises OSError."""
        text = json.dumps({"format": FORMAT, **asdict(self)}, indent=1, ensure_ascii=False)
        path.write_text(f"{text}\n", encoding="utf-8")

    @classmethod
    def read(cls, path: Path) -> ListeningTest:
        """Raises UsageError for what is no key of a listening test."""
        try:
            value = json.loads(path.read_text(encoding="utf-8"))
            if value.pop("format") != FORMAT:
                raise ValueError("it is of another codecbench")
            return cls(**value | {"trials": tuple(map(_trial, value["trials"]))})
        except OSError as error:
            raise UsageError(f"--key '{path}' cannot be read: {error.strerror}") from error
        except (ValueError, KeyError, TypeError, AttributeError) as error:
            raise UsageError(
                f"--key '{path}' is no key of a listening test ({error}); expected the key.json that listen --out wrote"
            ) from error


def _trial(value: Mapping[str, Any]) -> Trial:
    return Trial(**{**value, "stimuli": tuple(map(_stimulus, value["stimuli"]))})


def _stimulus(value: Mapping[str, Any]) -> TestSignal:
    cell = value["cell"]
    return TestSignal(**{**value, "cell": None if cell is None else CellPlace(*cell)})
