"""Speech: the embedded sets, and any set of the user's (a manifest, a corpus as it is unpacked, a folder of audio)."""

from __future__ import annotations

from collections import Counter
from functools import partial
from importlib.resources import files
from pathlib import Path

from codecbench.api import Dataset, DatasetCard, hookimpl
from codecbench.datasets import layouts
from codecbench.datasets.folder import read_folder
from codecbench.datasets.hub.names import PREFIX
from codecbench.datasets.hub.pulling import read_hub
from codecbench.datasets.manifest import SUFFIXES, read_manifest
from codecbench.datasets.named import register_corpora
from codecbench.datasets.places import located
from codecbench.datasets.pulled import pulled_folder, refuse_added
from codecbench.errors import CodecBenchError, UsageError
from codecbench.hookspecs import RegisterDataset
from codecbench.names import controls
from codecbench.plugins import Registered, Registry, describe_error

__all__ = ["list_dataset", "load_dataset", "located", "read_folder", "read_manifest", "split_layout", "storable"]

PLAIN = "folder"
"""Before a colon: a folder of audio, whatever its layout."""

SPEECH = {
    "probe": "24 synthetic English utterances, 8 voices, about 75 s: the offline default",
    "pairs": "synthetic minimal pairs in carrier sentences, both readings, six phonological features",
}


@hookimpl
def codecbench_register_datasets(register: RegisterDataset) -> None:
    for name, description in SPEECH.items():
        card = DatasetCard(name, description, licence="Apache-2.0 (synthesized by recipes/speech)", synthetic=True)
        register(card, partial(_embedded, name))
    register_corpora(register)


def load_dataset(spec: str, registry: Registry) -> Dataset:
    """As `list_dataset`, where all of its audio has been looked for. Raises UsageError where none of it is there."""
    return located(list_dataset(spec, registry))


def list_dataset(spec: str, registry: Registry) -> Dataset:
    """A dataset by name, or from a path: a manifest, a folder of audio, or a layout of `codecbench.datasets.layouts`.

    `hf:OWNER/NAME@REVISION:SPLIT` is one that was fetched from the Hub. `LAYOUT:PATH` reads the path as that layout,
    `folder:PATH` as a folder of audio whatever its layout. No audio is opened, and none that a list names is looked
    for: see `codecbench.datasets.places`.

    Raises:
        UsageError: no such dataset, or what is there cannot be read as one.
    """
    if spec in registry.datasets:
        return storable(_from_plugin(spec, registry))
    if spec.startswith(PREFIX) and not Path(spec).exists():
        return storable(read_hub(spec))
    name, place = split_layout(spec)
    path = Path(place)
    if not path.exists():
        raise UsageError(_unknown(spec, name, path, registry))
    layout = layouts.recognized(path) if name is None else layouts.named(name)
    if layout is not None:
        return storable(layout.read(path))
    return storable(read_folder(path) if path.is_dir() else read_manifest(path))


def split_layout(spec: str) -> tuple[str | None, str]:
    """`kaldi:FOLDER` as its two parts; None and the whole where nothing before a colon names a layout."""
    name, separator, place = spec.partition(":")
    if separator and (name == PLAIN or layouts.named(name) is not None) and not Path(spec).exists():
        return name, place
    return None, spec


def _unknown(spec: str, layout: str | None, path: Path, registry: Registry) -> str:
    known = ", ".join(registry.datasets)
    if layout is None and (path.suffix in SUFFIXES or "/" in spec):
        return f"dataset '{spec}': no such file or folder"
    if layout is not None and ("/" in spec or not any(name.startswith(f"{layout}:") for name in registry.datasets)):
        return f"dataset '{spec}': no such file or folder '{path}'"
    return f"unknown dataset '{spec}'; known: {known}; or give a manifest ({', '.join(SUFFIXES)}) or a folder"


def _from_plugin(name: str, registry: Registry) -> Dataset:
    """A registered dataset, held to what a manifest is held to."""
    entry: Registered[DatasetCard] = registry.datasets[name]
    archive = entry.card.archive
    folder = () if archive is None else (pulled_folder(entry.card, archive),)
    try:
        dataset = entry.factory(*folder)
    except CodecBenchError:
        raise
    except Exception as error:
        raise UsageError(f"dataset '{name}': its plugin failed: {describe_error(error)}") from error
    if not isinstance(dataset, Dataset) or not dataset.utterances:
        raise UsageError(f"dataset '{name}': its plugin returned no utterances")
    for u in dataset.utterances:
        if not isinstance(u.id, str) or not isinstance(u.path, Path) or not isinstance(u.speaker, str):
            raise UsageError(f"dataset '{name}', utterance {u.id!r}: id and speaker must be text, path a pathlib.Path")
    ids = [u.id for u in dataset.utterances]
    if len(set(ids)) < len(ids):
        double = Counter(ids).most_common(1)[0][0]
        raise UsageError(f"dataset '{name}': duplicate utterance id '{double}'; ids must differ")
    if archive is not None:
        refuse_added(dataset, entry.card, archive)
    return dataset


def storable(dataset: Dataset) -> Dataset:
    """Refuses what is no text (a file's name in an older encoding, half a surrogate pair in JSON), and names that would
    move the cursor of a terminal that prints them.
    """
    for u in dataset.utterances:
        path = str(u.path)
        if f"{u.id}{path}{u.speaker}{u.transcript}".isprintable():  # nearly always: there may be hundreds of thousands
            continue
        for what, text in (("id", u.id), ("path", path), ("speaker", u.speaker), ("transcript", u.transcript)):
            try:
                (text or "").encode()
            except UnicodeEncodeError as error:
                raise UsageError(
                    f"dataset '{dataset.id}', utterance {u.id!a}: its {what} is not Unicode text; rename it"
                ) from error
        for what, text in (("id", u.id), ("path", path), ("speaker", u.speaker)):
            if controls(text):
                raise UsageError(
                    f"dataset '{dataset.id}', utterance {u.id!r}: its {what} has control characters; rename it"
                )
    return dataset


def _embedded(name: str) -> Dataset:
    return read_manifest(
        Path(str(files("codecbench.datasets") / "speech" / name / "manifest.tsv")), name, synthetic=True
    )
