"""What a metric needs besides the signals: weights that the user gives, and how its factory is given them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from codecbench.api import checks
from codecbench.api.environment import Interpreter


@dataclass(frozen=True)
class MetricWeights:
    """Weights that a metric takes from the user alone, by `--weights METRIC=PATH`: nothing is fetched.

    `files` are what the folder PATH must have: each is the file's names, of which the first that is there counts. Where
    it is one file, PATH may also be the file itself, whatever its name. `optional` are names of files that count where
    they are there. `source` says in a few words where a user finds them.
    """

    files: tuple[tuple[str, ...], ...]
    source: str
    licence: str = "unknown"
    optional: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        """Raises ValueError for a field that does not hold what it should."""
        checks.check_fields(self, METRIC_WEIGHTS_FIELDS, "a metric's weights")

    def __str__(self) -> str:
        """What PATH is.

        >>> str(MetricWeights((("config.json",), ("model.safetensors", "pytorch_model.bin")), "anywhere"))
        'a folder with config.json and model.safetensors (or pytorch_model.bin)'
        >>> str(MetricWeights((("model.ckpt",),), "anywhere"))
        'model.ckpt or a folder with it'
        """
        if self.is_one_file:
            return f"{_either(self.files[0])} or a folder with it"
        return f"a folder with {' and '.join(map(_either, self.files))}"

    @property
    def is_one_file(self) -> bool:
        """Whether PATH may be the file itself."""
        return len(self.files) == 1 and not self.optional


@dataclass(frozen=True)
class MetricOptions:
    """What the factory of a metric with `MetricCard.weights` is given.

    `weights` is the file that the user gave where it is one, else the folder; the files that the card names are there.
    `interpreter` is, of a metric with an environment of its own, the Python that runs its side.
    """

    weights: Path | None = None
    interpreter: Interpreter | None = None


def _either(names: tuple[str, ...]) -> str:
    return names[0] + (f" (or {', '.join(names[1:])})" if len(names) > 1 else "")


def _files(value: Any) -> Any:
    if not isinstance(value, (tuple, list)) or not value:
        raise ValueError("a tuple of tuples of file names")
    files = tuple(checks.texts(names) for names in value)
    if not all(files):
        raise ValueError("a tuple of tuples of file names, none of them empty")
    return files


METRIC_WEIGHTS_FIELDS: Mapping[str, checks.Check] = {
    "files": _files,
    "source": checks.text,
    "licence": checks.text,
    "optional": checks.texts,
}
