"""Where a codec's weights are: bundled with its plugin, in the cache, or at the user's path.

Nothing is fetched unless asked for (`codecbench.fetching`); what is in the cache is held to the card's size and sha256.
"""

from __future__ import annotations

import hashlib
import os
from collections.abc import Iterable
from functools import cache
from importlib.util import find_spec
from pathlib import Path

from codecbench.api import CodecCard, RecognizerCard, WeightsFile
from codecbench.errors import Unavailable, UsageError
from codecbench.homes import user_cache

CACHE_VARIABLE = "CODECBENCH_CACHE"
BUNDLED = "weights"
"""The folder of a package that bundled weights lie in."""
OWN_PACKAGES = "codecbench_"
RANDOM = Path("random")
"""In place of a path: no weights, drawn from the run's seed. A file of that name is ./random."""


class MissingWeights(Unavailable):
    """A codec's weights are not on this machine: what to do for it is the message, for several of them `SHORT`."""

    SHORT = "its weights are not on this machine; `codecbench weights list` says how to get them"


def cache_root() -> Path:
    """CODECBENCH_CACHE if it is set, else the user's cache folder on this system. Raises Unavailable without either."""
    root = os.environ.get(CACHE_VARIABLE)
    folder = Path(root) if root else user_cache()
    if folder is None:
        raise Unavailable(
            f"this user has no home, so there is no folder for fetched files; set {CACHE_VARIABLE}=FOLDER"
        )
    return folder


def cache_folder() -> Path:
    """Where weights that are not bundled are kept."""
    return cache_root() / "weights"


def location(card: CodecCard, weights: WeightsFile) -> Path:
    """Where this file is looked for, whether it is there or not; companions lie beside it.

    Raises:
        Unavailable: there is no cache folder.
        ModuleNotFoundError, ValueError: its package is not installed, or is no package.
    """
    if weights.package is None:
        return cache_folder() / f"{card.name}-{card.checkpoint}" / weights.name
    return _bundled(weights.package, weights.name)


def _bundled(package: str, name: str) -> Path:
    """Without importing anything of the package, which may be other people's."""
    top, *inner = package.split(".")
    spec = find_spec(top)
    if spec is None:
        raise ModuleNotFoundError(f"No module named '{package}'", name=package)
    folders = [Path(folder, *inner) for folder in spec.submodule_search_locations or ()]
    packages = [folder for folder in folders if folder.is_dir()]
    if not packages:
        raise ValueError(
            f"{name} is bundled, says its card, with '{package}', which is a module and no package: bundled weights "
            f"lie in PACKAGE/{BUNDLED}, so make it a folder with an __init__.py"
        )
    places = [folder / BUNDLED / name for folder in packages]  # of a namespace package several
    return next((place for place in places if place.is_file()), places[0])


def resolve(card: CodecCard, override: Path | None = None) -> Path | None:
    """The file that holds the card's weights, its companions beside it; None where it needs none.

    `override` wins and need not be as pinned: a file, or a folder that has the card's files by their names; RANDOM
    asks for none.

    Raises:
        Unavailable: the weights are not on this machine; the message says how to get them.
        UsageError: `override` does not have them, or a file in the cache is not the pinned one.
    """
    if override == RANDOM and card.weights is not None:
        return None
    if override is not None:
        return _given(card, override)
    if card.weights is None:
        return None
    path = location(card, card.weights)
    if missing := _missing(path, card.weights.files):
        raise MissingWeights(how_to_get(card, card.weights, path, missing))
    if card.weights.package is None:
        for file, where in files_at(card.weights, path):
            check_file(card.spec, file, where)
    return path


def given_path(text: str | Path) -> Path:
    """What a user gives as weights: a path, made absolute, or the word `random`."""
    return RANDOM if str(text) == str(RANDOM) else Path(text).absolute()


def _given(card: CodecCard, override: Path) -> Path:
    option = f"--weights {card.spec}={override}"
    if card.weights is None:
        raise UsageError(f"{option}: this codec has no weights")
    path = override
    if override.is_dir():
        path = override / card.weights.name
        if not path.is_file():
            raise UsageError(
                f"{option}: it is a folder without {card.weights.name}; it must have {_names(card.weights)}"
            )
    elif not override.is_file():
        raise UsageError(f"{option}: no such file or folder")
    if missing := _missing(path, card.weights.companions):
        about = f" ({card.notes})" if card.notes else ""
        raise UsageError(f"{option}: {' and '.join(missing)} must lie beside {path.name}{about}")
    return path.resolve()


def _missing(path: Path, files: Iterable[WeightsFile]) -> list[str]:
    """Names of those that do not lie beside `path`; the first of a card goes by the name of `path`."""
    return [file.name for file in files if not path.with_name(file.name).is_file()]


def _names(weights: WeightsFile) -> str:
    return " and ".join(file.name for file in weights.files)


def files_at(weights: WeightsFile, path: Path) -> list[tuple[WeightsFile, Path]]:
    """Each of the card's files with where it is, whether it is there or not: the first at `path`, whatever its name."""
    return [(weights, path), *((file, path.with_name(file.name)) for file in weights.companions)]


def identity(card: CodecCard, path: Path) -> str:
    """The sha256 of the weights at `path`; of those of all files, in order, where companions lie beside it."""
    files = files_at(card.weights, path) if card.weights else ()
    beside = [where for _, where in files[1:] if where.is_file()]
    if not beside:
        return sha256_of(path)
    return hashlib.sha256("".join(map(sha256_of, (path, *beside))).encode()).hexdigest()


def as_pinned(card: CodecCard, path: Path) -> bool:
    """Whether the file at `path`, and its companions, are those that the card pins, or else that its plugin bundles.

    True of what is neither pinned nor bundled.
    """
    if card.weights is None:
        return True
    return all(
        not where.is_file() or (own := _own_sha256(card, file)) is None or sha256_of(where) == own
        for file, where in files_at(card.weights, path)
    )


def _own_sha256(card: CodecCard, file: WeightsFile) -> str | None:
    """Of one of the card's files: as it is pinned, or of the one that is bundled; None where it is neither."""
    if file.sha256 is not None or card.weights is None or card.weights.package is None:
        return file.sha256
    try:
        bundled = location(card, card.weights).with_name(file.name)
    except (ModuleNotFoundError, ValueError):  # its package is not installed
        return None
    return sha256_of(bundled) if bundled.is_file() else None


def how_to_get(card: CodecCard, weights: WeightsFile, path: Path, missing: list[str]) -> str:
    """In one line, what is not here and what to do."""
    names = " and ".join(missing)
    if weights.package is not None:
        own = weights.package.startswith(OWN_PACKAGES)
        todo = "install codecbench again" if own else "put it there, and into the package's data"
        return f"{card.spec}: {names} is not in {path.parent}, where package {weights.package} bundles it; {todo}"
    part = f" ({names})" if len(missing) < len(weights.files) else ""
    pulling = f"`codecbench weights pull {card.spec}`, " if all(file.url for file in weights.files) else ""
    return (
        f"{card.spec}: its weights are not on this machine{part}; {pulling}`codecbench weights add {card.spec} PATH` "
        f"or `--weights {card.spec}=PATH`, where PATH is {weights.name}{_beside(weights)} or a folder that has it; "
        f"`--weights {card.spec}=random` for its rates and cost alone"
    )


def _beside(weights: WeightsFile) -> str:
    names = " and ".join(file.name for file in weights.companions)
    return f", with {names} beside it," if names else ""


def check_file(spec: str, weights: WeightsFile, path: Path) -> None:
    """Raises UsageError where the file at `path` is not as it is pinned."""
    size, digest = path.stat().st_size, sha256_of(path)
    if weights.size not in (None, size) or weights.sha256 not in (None, digest):
        expected = f"{weights.size or 'any number of'} bytes, sha256 {weights.sha256 or 'unknown'}"
        raise UsageError(f"{spec}: {path.name} is not the expected file: {size} bytes, sha256 {digest}, not {expected}")


def sha256_of(path: Path) -> str:
    """Hex digest of a file; a file unchanged in size and time is hashed once per process."""
    stat = path.stat()
    return _sha256(str(path.resolve()), stat.st_mtime_ns, stat.st_size)


@cache
def _sha256(path: str, mtime_ns: int, size: int) -> str:  # noqa: ARG001 - they are the cache's key
    with Path(path).open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def model_hashes(recognizer: RecognizerCard) -> tuple[str, ...]:
    """sha256 of each of the recognizer's model files. Raises Unavailable where they are not installed."""
    return tuple(sha256_of(path) for path in recognizer.model_files())
