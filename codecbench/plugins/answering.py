"""In the child process that plugins are asked in: see `codecbench.plugins.elsewhere`."""

from __future__ import annotations

import os
import pickle
import sys
from collections.abc import Callable, Mapping
from functools import partial
from pathlib import Path
from typing import Any

from codecbench.api import Dataset, Unavailable, UsageError
from codecbench.plugins.elsewhere import ASKED
from codecbench.plugins.foreign import Foreign, stand_in
from codecbench.plugins.loading import PluginPoint, describe_error, load
from codecbench.plugins.registered import Registered


def main() -> None:
    """Answer what is asked on stdin, an answer at a time, and end without what plugins have registered for the end."""
    pipe = int(os.environ[ASKED])
    home = str(Path.cwd())
    sys.path.append(home)  # last: a file of the user's must not stand in for a library's
    question, asked = pickle.load(sys.stdin.buffer)  # nosec B301 - from the process that started this one
    try:
        for arguments in asked:
            answer = _packed(_answered(partial(QUESTIONS[question], *arguments)))
            os.write(pipe, len(answer).to_bytes(4, "big"))
            while answer:
                answer = answer[os.write(pipe, answer) :]
            os.chdir(home)
    finally:
        os._exit(0)


def _answered(call: Callable[[], Any]) -> tuple[str, Any]:
    try:
        return "ok", call()
    except Unavailable as error:
        return "unavailable", str(error)
    except UsageError as error:
        return "usage", str(error)
    except BaseException as error:  # a SystemExit too: whatever it raises is an answer
        return "failed", describe_error(error)


def _packed(answer: tuple[str, Any]) -> bytes:
    try:
        return pickle.dumps(answer)
    except Exception as error:  # a plugin's own object in a card
        return pickle.dumps(("failed", describe_error(error)))


def _registered(point: PluginPoint) -> Mapping[str, list[Registered[Any]]]:
    return {kind: [stand_in(entry, point, kind) for entry in entries] for kind, entries in load(point).items()}


def _dataset(what: Foreign, *folder: Path) -> object:
    return what.loaded().factory(*folder)


def _check(what: Foreign, dataset: Dataset) -> None:
    check = what.loaded().check
    if check is not None:
        check(dataset)


def _model_files(what: Foreign) -> list[Any]:
    return list(what.loaded().card.model_files())


QUESTIONS: Mapping[str, Callable[..., Any]] = {
    "registered": _registered,
    "dataset": _dataset,
    "check": _check,
    "model_files": _model_files,
}
