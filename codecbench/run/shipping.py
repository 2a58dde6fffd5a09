"""A dataset by value: for machines that do not see its files."""

from __future__ import annotations

import hashlib
import io
import json
import shutil
import tempfile
import zipfile
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from codecbench.api import Dataset, Utterance

MANIFEST = "speech.jsonl"


@dataclass(frozen=True)
class Shipment:
    """A dataset, and the ids of the utterances whose audio is needed."""

    dataset: Dataset
    wanted: frozenset[str]


def pack(shipment: Shipment) -> bytes:
    """A zip archive of the audio of the wanted utterances, and of a manifest that says the same of every one.

    It lists those that no run over it will read, so that `--limit` takes the same ones there.

    A file that cannot be read is left out: it cannot be read where the archive is unpacked either.
    """
    kept = io.BytesIO()
    with zipfile.ZipFile(kept, "w", zipfile.ZIP_STORED) as archive:
        lines = []
        for number, utterance in enumerate(shipment.dataset.utterances):
            name = f"{number}{utterance.recording_path.suffix}"
            row, files = _row(utterance, name), {name: utterance.recording_path}
            if utterance.reference is not None:
                row["reference"] = f"{number}-reference{utterance.reference.suffix}"
                files[row["reference"]] = utterance.reference
            lines.append(json.dumps(row))
            for packed, path in files.items() if utterance.id in shipment.wanted else ():
                with suppress(OSError):
                    archive.writestr(packed, path.read_bytes())
        archive.writestr(MANIFEST, "\n".join(lines))
    return kept.getvalue()


def unpack(packed: bytes, place: Path) -> Path:
    """The manifest of an archive by `pack`, unpacked into a folder in `place`, once for all who ask for the same."""
    folder = place / f"speech-{hashlib.sha256(packed).hexdigest()[:16]}"
    if not folder.is_dir():
        unpacked = Path(tempfile.mkdtemp(prefix="unpacking-", dir=place))
        with zipfile.ZipFile(io.BytesIO(packed)) as archive:
            archive.extractall(unpacked)
        try:
            unpacked.rename(folder)
        except OSError:  # another task was first
            shutil.rmtree(unpacked)
    return folder / MANIFEST


def _row(utterance: Utterance, name: str) -> dict[str, Any]:
    """As `codecbench.datasets.manifest` reads it."""
    row = {"id": utterance.id, "path": name, "speaker": utterance.speaker, "sex": utterance.sex}
    if utterance.transcript is not None:
        row["transcript"] = utterance.transcript
    return dict(utterance.extra) | row
