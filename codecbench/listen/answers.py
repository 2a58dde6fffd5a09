"""webMUSHRA's answers: the CSV files that its service writes."""

from __future__ import annotations

import csv
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from codecbench.errors import UsageError
from codecbench.listen.design import REFERENCE, TRAINING, ListeningTest, TestSignal, Trial
from codecbench.listen.webmushra import LISTENER

SESSION = "session_uuid"
COLUMNS: Mapping[str, tuple[str, ...]] = {
    "mushra": ("session_test_id", "trial_id", "rating_stimulus", "rating_score"),
    "abx": ("session_test_id", "trial_id", "choice_non_reference", "choice_answer", LISTENER),
}
RIGHT = {"correct": 1.0, "incorrect": 0.0}
"""What webMUSHRA writes of a forced choice."""


@dataclass(frozen=True)
class Answer:
    """What one listener said of one stimulus: a rating from 0 to 100, or of ABX 1 where the reference was found.

    `stimulus` None is the hidden reference.
    """

    listener: str
    trial: Trial
    stimulus: TestSignal | None
    value: float


def read_answers(path: Path, design: ListeningTest) -> tuple[Answer, ...]:
    """All answers of `design` in a file of one or more sessions. Of a rating that is given twice the last one counts.

    Raises:
        UsageError: it is no such file, of another test, or an answer cannot be read, with its line.
    """
    try:
        with path.open(encoding="utf-8-sig", newline="") as file:
            reader = csv.DictReader(file, restval="")
            _check_columns(path, design, reader.fieldnames or ())
            answers = list(_answers(path, design, reader))
    except (OSError, UnicodeDecodeError, csv.Error) as error:
        raise UsageError(f"--results '{path}' cannot be read: {error}") from error
    if not answers:
        raise UsageError(f"--results '{path}' has no answer")
    return tuple(answers)


def _check_columns(path: Path, design: ListeningTest, names: object) -> None:
    have = set(names) if isinstance(names, (list, tuple)) else set()
    lacking = [name for name in COLUMNS[design.kind] if name not in have]
    if lacking:
        file = "mushra.csv" if design.kind == "mushra" else "paired_comparison.csv"
        raise UsageError(f"--results '{path}' has no column {', '.join(lacking)}; expected webMUSHRA's {file}")


def _answers(path: Path, design: ListeningTest, reader: csv.DictReader[str]) -> Iterator[Answer]:
    found: dict[tuple[str, str, str], Answer] = {}
    for row in reader:
        where = f"--results '{path}', line {reader.line_num}"
        if row["session_test_id"] != design.id:
            raise UsageError(f"{where}: it is of test '{row['session_test_id']}', the key is of '{design.id}'")
        if row["trial_id"] == TRAINING:
            continue
        listener = row.get(SESSION) or row.get(LISTENER) or ""
        if not listener:
            raise UsageError(f"{where}: it does not say who answered ({SESSION} and {LISTENER} are empty)")
        answer = (_rating if design.kind == "mushra" else _choice)(where, design, listener, row)
        place = (listener, row["trial_id"], answer.stimulus.code if answer.stimulus else REFERENCE)
        if design.kind == "abx" and place in found:
            raise UsageError(f"{where}: listener '{listener}' answers a second time; give each listener another name")
        found[place] = answer
    yield from found.values()


def _rating(where: str, design: ListeningTest, listener: str, row: Mapping[str, str]) -> Answer:
    try:
        value = float(row["rating_score"])
    except ValueError:
        value = -1.0
    if not 0 <= value <= 100:
        raise UsageError(f"{where}: rating_score '{row['rating_score']}', expected 0 to 100")
    code = row["rating_stimulus"]
    if code == REFERENCE:
        trial = next((one for one in design.trials if one.id == row["trial_id"]), None)
        if trial is not None:
            return Answer(listener, trial, None, value)
    return Answer(listener, *_asked(where, design, row["trial_id"], code), value)


def _choice(where: str, design: ListeningTest, listener: str, row: Mapping[str, str]) -> Answer:
    said = row["choice_answer"]
    if said not in RIGHT:
        raise UsageError(f"{where}: choice_answer '{said}', expected {' or '.join(RIGHT)}")
    return Answer(listener, *_asked(where, design, row["trial_id"], row["choice_non_reference"]), RIGHT[said])


def _asked(where: str, design: ListeningTest, trial: str, code: str) -> tuple[Trial, TestSignal]:
    found = design.find(trial, code)
    if found is None:
        raise UsageError(f"{where}: the test has no stimulus '{code}' in a trial '{trial}'")
    return found
