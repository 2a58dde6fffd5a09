"""Fetching a split of a dataset from the Hub, and reading what was fetched.

A branch or tag is taken as it is at that moment: the dataset's id names the commit. Files are held to the sha256 that
the Hub states, where it does.
"""

from __future__ import annotations

import json
import shutil
import sys
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass, replace
from importlib import import_module
from pathlib import Path
from typing import Any

from codecbench.api import Dataset, DatasetCard
from codecbench.datasets.hub.names import HubName, SplitFiles, files_of, parse
from codecbench.datasets.hub.parquet import MANIFEST, write_speech
from codecbench.datasets.layouts import audiofolder
from codecbench.datasets.manifest import read_manifest
from codecbench.datasets.pulled import PulledFolder, megabytes, refuse_changed, write_list
from codecbench.datasets.pulling import alone, refilled, require_room
from codecbench.datasets.unpacking import Unpacked
from codecbench.digests import digest
from codecbench.errors import UsageError, one_line
from codecbench.weights import cache_root, sha256_of

SOURCE = "source.json"
ROOM = 3
"""Times the files' size: themselves, and the audio that is in them."""
AT_ONCE = 8


@dataclass(frozen=True)
class HubSource:
    """What was found on the Hub: the commit, the files of the split, their sizes in all, what is stated of each."""

    commit: str
    licence: str
    files: SplitFiles
    size: int
    sha256: dict[str, str]


def place_of(name: HubName) -> PulledFolder:
    folder = f"hf-{name.repository.replace('/', '--')}-{digest(str(name))[:12]}"
    return PulledFolder(cache_root() / "datasets" / folder)


def read_hub(spec: str) -> Dataset:
    """Raises UsageError where it was not fetched, or is not as it was fetched."""
    name = parse(spec)
    place = place_of(name)
    if not place.is_whole:
        raise UsageError(f"dataset '{spec}' is not on this machine; fetch it: codecbench datasets pull {spec}")
    refuse_changed(DatasetCard(spec, "", ""), place)
    source = json.loads((place.folder / SOURCE).read_text(encoding="utf-8"))
    listed = place.speech / MANIFEST
    dataset = read_manifest(listed) if source["parquet"] else audiofolder.read(place.speech / source["folder"])
    return replace(dataset, id=str(replace(name, revision=source["commit"])))


def pull_hub(spec: str, say: Callable[[str], None]) -> Path:
    """Fetch it, unless this revision of it is here; `say` is told size and licence first. Returns its folder.

    Raises:
        UsageError: the Hub cannot be reached or has no such dataset, revision or split, a file is not as it states, or
            there is no room.
    """
    name = parse(spec)
    source = _found(name)
    say(f"{spec}: {megabytes(source.size)} at commit {source.commit[:12]}; licence: {source.licence}")
    place, card = place_of(name), DatasetCard(spec, "", source.licence)
    with alone(place, card):
        if not _is_here(place, source, card):
            require_room(card, place.folder, ROOM * source.size)
            _fetch(name, source, place)
    return place.speech


def _found(name: HubName) -> HubSource:
    with _hub(name) as hub:
        info = hub.HfApi().dataset_info(name.repository, revision=name.revision, files_metadata=True, timeout=60)
    siblings = {one.rfilename: one for one in info.siblings or ()}
    files = files_of(name, list(siblings))
    mine = [siblings[path] for path in files.files]
    stated = {one.rfilename: one.lfs.sha256 for one in mine if one.lfs is not None}
    licence = getattr(info.card_data, "license", None) or "not stated"
    return HubSource(info.sha, str(licence), files, sum(one.size or 0 for one in mine), stated)


def _is_here(place: PulledFolder, source: HubSource, card: DatasetCard) -> bool:
    try:
        held = json.loads((place.folder / SOURCE).read_text(encoding="utf-8"))
        refuse_changed(card, place)
    except (OSError, ValueError, UsageError):
        return False
    return place.is_whole and held["commit"] == source.commit


def _fetch(name: HubName, source: HubSource, place: PulledFolder) -> None:
    fetched = place.folder / "fetched"
    with _hub(name) as hub:

        def one(path: str) -> Path:
            found = hub.hf_hub_download(
                name.repository, path, repo_type="dataset", revision=source.commit, local_dir=fetched
            )
            return Path(found)

        with ThreadPoolExecutor(AT_ONCE) as threads:
            paths = list(threads.map(one, source.files.files))
    _check(name, source, paths)
    shutil.rmtree(fetched / ".cache", ignore_errors=True)  # the Hub's own notes
    with refilled(place) as folder:
        if source.files.parquet:
            try:
                write_speech(paths, folder, name.split)
            except UsageError as error:
                raise UsageError(f"dataset '{name}': {error}") from error
        else:
            for path in fetched.iterdir():
                path.rename(folder / path.name)
    facts = {"commit": source.commit, "parquet": source.files.parquet, "folder": source.files.folder}
    (place.folder / SOURCE).write_text(json.dumps(facts), encoding="utf-8")
    write_list(place, _listed(place.speech))
    shutil.rmtree(fetched, ignore_errors=True)


def _check(name: HubName, source: HubSource, paths: Sequence[Path]) -> None:
    for listed, path in zip(source.files.files, paths, strict=True):
        stated = source.sha256.get(listed)
        if stated is not None and sha256_of(path) != stated:
            path.unlink()
            raise UsageError(f"dataset '{name}': {listed} is not the file that the Hub states: sha256 is not {stated}; "
                             "the same command fetches it again")  # fmt: skip


def _listed(speech: Path) -> Iterator[Unpacked]:
    for path in sorted(speech.rglob("*")):
        if path.is_file():
            yield Unpacked(path.relative_to(speech).as_posix(), path.stat().st_size, sha256_of(path))


@contextmanager
def _hub(name: HubName) -> Iterator[Any]:
    """huggingface_hub; what goes wrong with it is one line, whatever its libraries raise."""
    try:
        hub: Any = import_module("huggingface_hub")
        constants: Any = import_module("huggingface_hub.constants")
        utils: Any = import_module("huggingface_hub.utils")
    except ImportError as error:
        raise UsageError(f"dataset '{name}' needs huggingface_hub: pip install 'codecbench[hub]'") from error
    if not sys.stderr.isatty():
        utils.disable_progress_bars()
    try:
        yield hub
    except UsageError:
        raise
    except Exception as error:
        raise UsageError(
            f"dataset '{name}' could not be fetched from {constants.ENDPOINT}: {one_line(error)[:300]}"
        ) from error
