"""Damaged audio files and manifests against what reads them."""

from __future__ import annotations

import csv
import io
import json
import tempfile
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import soundfile

from codecbench.audio import source_signal
from codecbench.audio_files import UnusableAudio
from codecbench.campaigns.mutations import ALL, cut
from codecbench.campaigns.tally import LIMIT_S, Attempt, Campaign, attempts
from codecbench.cost.signals import speech_like
from codecbench.datasets import read_manifest
from codecbench.errors import UsageError
from codecbench.plugins import describe_error
from codecbench.run.pool import Slots, Task, guarded

RATE = 16000
FORMATS = {
    "wav": {}, "flac": {}, "aiff": {}, "w64": {}, "caf": {}, "rf64.wav": {"format": "RF64"}, "mp3": {"format": "MP3"},
    "float.wav": {"subtype": "FLOAT"}, "ogg": {"format": "OGG", "subtype": "VORBIS"},
    "opus": {"format": "OGG", "subtype": "OPUS"},
}  # fmt: skip
WORDS = ("kettle", "whistled,", "while", 'she "said"', "naïve", "1,000", "don't", "слово", "=SUM(A1)")


def recordings(count: int, seed: int, jobs: int, log: Path) -> Campaign:
    """`count` damaged files: half of them audio of every format, half manifests."""
    campaign = Campaign("recordings", seed)
    with Slots(jobs, log) as slots:
        for attempt in attempts(slots.pool("score"), _tasks(count, seed)):
            campaign.record(attempt)
    return campaign


def _tasks(count: int, seed: int) -> Iterator[Task]:
    made = {name: _written(name, how) for name, how in FORMATS.items()}
    for number in range(count):
        rng = np.random.default_rng((seed, number))
        if number % 2:
            suffix, text = _manifest(rng)
            damaged = text if number % 3 == 0 else ALL[number // 2 % len(ALL)](text, rng)
            yield Task(f"manifest.{suffix}", listed, (suffix, damaged), LIMIT_S)
            continue
        name = list(made)[number // 2 % len(made)]
        mutation = ALL[number // 2 // len(made) % len(ALL)]
        whole = len(made[name]) if mutation is cut else 0
        yield Task(name, read, (name, mutation(made[name], rng), whole), LIMIT_S)


def _written(name: str, how: dict[str, str]) -> bytes:
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / f"a.{name}"
        soundfile.write(path, speech_like(RATE, RATE, 0).samples[0], RATE, **how)
        return path.read_bytes()


@guarded
def read(name: str, data: bytes, whole: int) -> Attempt:
    """`whole`: bytes of the file before it was cut, where that is all that was done: then what is left is no signal."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / f"a.{name}"
        path.write_bytes(data)
        try:
            audio = source_signal(path)
        except UnusableAudio as error:
            return Attempt(name, "wrong" if "\n" in str(error) else "refused", str(error))
        except Exception as error:
            return Attempt(name, "wrong", describe_error(error))
    if not np.isfinite(audio.samples).all():
        return Attempt(name, "wrong", "samples that are no numbers")
    if len(data) < whole and abs(audio.length - RATE) > 1:
        return Attempt(name, "wrong", f"{len(data)} of {whole} bytes are taken for {audio.length} samples of {RATE}")
    return Attempt(name, "taken")


def _manifest(rng: np.random.Generator) -> tuple[str, bytes]:
    """A manifest of three utterances, of one of the three kinds."""
    rows = [
        {"id": f"u{n}", "path": f"{n}.wav", "transcript": " ".join(rng.choice(WORDS, 4)), "speaker": f"s{n}"}
        for n in range(3)
    ]
    suffix = ("csv", "tsv", "jsonl")[int(rng.integers(3))]
    if suffix == "jsonl":
        return suffix, "\n".join(json.dumps(row, ensure_ascii=False) for row in rows).encode()
    file = io.StringIO(newline="")
    if suffix == "csv":
        csv.DictWriter(file, list(rows[0])).writeheader()
        csv.DictWriter(file, list(rows[0])).writerows(rows)
        return suffix, file.getvalue().encode()
    return suffix, "\n".join("\t".join(row) for row in ([*rows[0]], *(row.values() for row in rows))).encode()


@guarded
def listed(suffix: str, data: bytes) -> Attempt:
    """Whatever is read of it must stand in it, word for word."""
    where = f"manifest.{suffix}"
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / f"m.{suffix}"
        path.write_bytes(data)
        try:
            dataset = read_manifest(path)
        except UsageError as error:
            return Attempt(where, "wrong" if "\n" in str(error) else "refused", str(error))
        except Exception as error:
            return Attempt(where, "wrong", describe_error(error))
    for row, problem in ((row, _invented(row, suffix, data)) for row in _texts(dataset)):
        if problem:
            return Attempt(where, "wrong", f"{row!r} stands nowhere in it")
    return Attempt(where, "taken")


def _texts(dataset: object) -> Iterator[str]:
    from codecbench.api import Dataset

    assert isinstance(dataset, Dataset)
    for utterance in dataset.utterances:
        yield utterance.id
        yield utterance.transcript or ""
        yield utterance.speaker


def _invented(text: str, suffix: str, data: bytes) -> bool:
    there = data.decode("utf-8-sig")
    written = {text, text.replace('"', '""')} if suffix == "csv" else {text}
    if suffix == "jsonl":
        written |= {json.dumps(text)[1:-1], json.dumps(text, ensure_ascii=False)[1:-1]}
        return not any(one in there for one in written) and not _number(text)
    return not any(one in there for one in written)


def _number(text: str) -> bool:
    """JSON's numbers are read as such: 1e2 becomes 100.0."""
    try:
        float(text)
    except ValueError:
        return False
    return True
