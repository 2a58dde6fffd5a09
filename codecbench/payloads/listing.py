"""A folder of payloads: its manifest says of which utterance and operating point each of them is."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from pathlib import Path

from codecbench.api import Dataset, Utterance
from codecbench.datasets import columns, storable
from codecbench.datasets.manifest import SUFFIXES, manifest_name, manifest_rows, utterance_of
from codecbench.datasets.warnings import some, utterance_warnings
from codecbench.errors import UsageError

REQUIRED = ("id", "payload")
OWN = ("payload", "point")
"""Columns that are of one payload; the others are of its utterance."""
ENROLMENT, SECONDS = "enrolment", "seconds"
GIVEN = "payloads were given: nothing was encoded, and what their encoder did is in every figure"

ALONE = "what compares with it abstains"


@dataclass(frozen=True)
class PayloadListing:
    """Utterances, and by their ids the payloads of each: a file by the operating point that it is of, as the manifest
    writes that ("6"; empty where it does not say).
    """

    dataset: Dataset
    files: Mapping[str, Mapping[str, Path]]


def list_payloads(place: Path) -> PayloadListing:
    """What the folder `place`, or the manifest `place`, lists. No payload is opened, and none is looked for.

    The manifest is one of utterances (`codecbench.datasets.manifest`) with a column `payload`, a path relative to it,
    and where a codec has several operating points a column `point`. An utterance has an entry for each of its payloads.
    `path` may be empty, where nobody has the recording; then `enrolment` may name another one of the speaker, and
    `seconds` says how long it is where the payload does not.

    Raises:
        UsageError: no manifest is there, it cannot be read, or entries contradict each other.
    """
    manifest = _manifest(place)
    utterances: dict[str, Utterance] = {}
    files: dict[str, dict[str, Path]] = {}
    there: dict[str, None] = {}
    for number, row in enumerate(manifest_rows(manifest, REQUIRED), start=1):
        there |= dict.fromkeys(row)
        utterance = _utterance(row, manifest, number)
        where = f"manifest '{manifest}', entry {number}: utterance '{utterance.id}'"
        if utterances.setdefault(utterance.id, utterance) != utterance:
            raise UsageError(
                f"{where} is described otherwise than before; what is not {' or '.join(OWN)} is the same in all of its "
                "entries"
            )
        point, mine = row.get("point", "").strip(), files.setdefault(utterance.id, {})
        if point in mine:
            raise UsageError(f"{where} has a payload of {f'point {point}' if point else 'no stated point'} already")
        mine[point] = manifest.parent / row["payload"]
    listed = tuple(utterances.values())
    notes = columns.notes(name for name in there if name not in OWN)
    if alone := [one.id for one in listed if one.path is None]:
        notes = (*notes, f"{len(alone)} of {len(listed)} utterances have no recording ({some(alone)}): {ALONE}")
    return PayloadListing(
        storable(Dataset(manifest_name(manifest), listed, warnings=(GIVEN, *notes, *utterance_warnings(listed)))), files
    )


def _utterance(row: Mapping[str, str], manifest: Path, number: int) -> Utterance:
    kept = {name: value for name, value in row.items() if name not in OWN}
    enrolment = kept.pop(ENROLMENT, "")
    _check_seconds(kept.get(SECONDS, ""), f"manifest '{manifest}', entry {number}")
    return replace(utterance_of(kept, manifest), enrolment=manifest.parent / enrolment if enrolment else None)


def _check_seconds(text: str, where: str) -> None:
    try:
        good = not text or 0 < float(text) < float("inf")
    except ValueError:
        good = False
    if not good:
        raise UsageError(f"{where}: seconds '{text}': expected the utterance's length, a positive number")


def _manifest(place: Path) -> Path:
    if place.is_file():
        return place
    found = [path for suffix in SUFFIXES if (path := place / f"manifest{suffix}").is_file()]
    if len(found) != 1:
        names = ", ".join(f"manifest{suffix}" for suffix in SUFFIXES)
        what = f"has {' and '.join(path.name for path in found)}, expected one" if found else f"has none of {names}"
        raise UsageError(f"--payloads '{place}': {what if place.is_dir() else 'no such folder or manifest'}")
    return found[0]
