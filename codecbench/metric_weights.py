"""The weights that a user gives a metric: whether all files are there, and what identifies them."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from pathlib import Path

from codecbench.api import MetricCard, MetricWeights
from codecbench.errors import UsageError
from codecbench.weights import RANDOM, sha256_of


@dataclass(frozen=True)
class GivenFiles:
    """`path` is what the metric's factory is given, `sha256` stands for all the files that count."""

    path: Path
    sha256: str


def given_files(card: MetricCard, path: Path) -> GivenFiles:
    """What lies at `path`, of a metric whose card names weights.

    Raises:
        UsageError: it lacks a file, or the metric takes none; one line.
    """
    option, wanted = f"--weights {card.id}={path}", card.weights
    if wanted is None:
        raise UsageError(f"{option}: this metric takes no weights")
    if path == RANDOM:
        raise UsageError(f"{option}: random weights are for a codec's cost; a metric needs {wanted}")
    if path.is_file():
        if not wanted.is_one_file:
            raise UsageError(f"{option}: it is a file; give {wanted}")
        return GivenFiles(path.resolve(), sha256_of(path))
    if not path.is_dir():
        raise UsageError(f"{option}: no such file or folder")
    files = [_first(card.id, wanted, names, path) for names in wanted.files]
    if wanted.is_one_file:
        return GivenFiles(files[0].resolve(), sha256_of(files[0]))
    files += [path / name for name in wanted.optional if (path / name).is_file()]
    parts = "".join(f"{file.name}\0{sha256_of(file)}\0" for file in files)
    return GivenFiles(path.resolve(), hashlib.sha256(parts.encode()).hexdigest())


def _first(metric: str, wanted: MetricWeights, names: tuple[str, ...], folder: Path) -> Path:
    """The first of `names` in the folder. Raises UsageError without any."""
    for name in names:
        if (folder / name).is_file():
            return folder / name
    raise UsageError(f"--weights {metric}={folder}: {' or '.join(names)} is not there; give {wanted}")


def how_to_give(card: MetricCard) -> str:
    """In one line, what a metric without its weights wants. `card` names some."""
    assert card.weights is not None
    return (
        f"{card.id} needs weights, which codecbench does not fetch: `--weights {card.id}=PATH`, where PATH is "
        f"{card.weights} ({card.weights.source})"
    )
