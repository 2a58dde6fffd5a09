"""Damaged and hostile checkpoints against what loads them."""

from __future__ import annotations

import io
import os
import pickle
import tempfile
import zipfile
from collections.abc import Iterator
from pathlib import Path

import numpy as np

from codecbench.api import CodecBenchError, CodecOptions
from codecbench.campaigns.mutations import ALL
from codecbench.campaigns.tally import LIMIT_S, Attempt, Campaign, attempts
from codecbench.plugins import Registry, describe_error, registry
from codecbench.run.pool import Slots, Task, guarded
from codecbench.weights import resolve

HOSTILE = (
    "os.system", "posix.system", "subprocess.Popen", "builtins.eval", "builtins.exec", "os.popen", "shutil.rmtree",
    "builtins.__import__", "runpy.run_path", "codecbench.plugins.loading.load",
)  # fmt: skip
"""What pickles are made to call."""
PROTOCOLS = (0, 2, 4)


def checkpoints(found: Registry, codecs: list[str], count: int, seed: int, jobs: int, log: Path) -> Campaign:
    """`count` checkpoints over those of `codecs` that load weights: damaged ones, and pickles that call something."""
    campaign = Campaign("checkpoints", seed)
    cards = [found.codec(name).card for name in codecs]
    files = {card.spec: resolve(card) for card in cards if card.weights is not None and card.weights.package}
    with Slots(jobs, log) as slots:
        for attempt in attempts(slots.pool("load"), _tasks(files, count, seed)):
            campaign.record(attempt)
    return campaign


def _tasks(files: dict[str, Path | None], count: int, seed: int) -> Iterator[Task]:
    specs = list(files)
    for number in range(count):
        rng = np.random.default_rng((seed, number))
        spec = specs[number % len(specs)]
        hostile = number // len(specs) % 2 == 0
        path = files[spec]
        assert path is not None
        data = b"" if hostile else ALL[number // (2 * len(specs)) % len(ALL)](path.read_bytes(), rng)
        yield Task(spec.partition(":")[0], load, (spec, data, number if hostile else None), LIMIT_S)


@guarded
def load(spec: str, data: bytes, hostile: int | None) -> Attempt:
    """With `hostile`, a pickle of that number, under a name that makes torch read it."""
    name = spec.partition(":")[0]
    entry = registry().codecs[spec]
    with tempfile.TemporaryDirectory() as folder:
        mark = Path(folder) / "mark"
        path = Path(folder) / ("weights.safetensors" if hostile is None else "weights.pth")
        path.write_bytes(data if hostile is None else _pickle(hostile, mark))
        try:
            entry.factory(CodecOptions.of(entry.card, path))
            attempt = Attempt(name, "taken")
        except CodecBenchError as error:
            attempt = Attempt(name, "refused", str(error))
        except Exception as error:
            attempt = Attempt(name, "other error", describe_error(error))
        return Attempt(name, "executed", f"pickle {hostile}") if mark.exists() else attempt


class _Calls:
    """Pickles to a call of `name` with `arguments`."""

    def __init__(self, name: str, arguments: tuple[object, ...]) -> None:
        module, _, attribute = name.rpartition(".")
        self.called, self.arguments = getattr(__import__(module, fromlist=["_"]), attribute), arguments

    def __reduce__(self) -> tuple[object, tuple[object, ...]]:
        return self.called, self.arguments


def _pickle(number: int, mark: Path) -> bytes:
    """A checkpoint that would leave `mark`: plain, or in the archive that torch writes."""
    name = HOSTILE[number % len(HOSTILE)]
    code = f"open({str(mark)!r}, 'w').close()"
    arguments: dict[str, tuple[object, ...]] = {
        "os.system": (f"touch {mark}",), "posix.system": (f"touch {mark}",), "os.popen": (f"touch {mark}",),
        "subprocess.Popen": (["touch", str(mark)],), "builtins.eval": (code,), "builtins.exec": (code,),
    }  # fmt: skip
    hostile = _Calls(name, arguments.get(name, (str(mark),)))
    data = pickle.dumps({"state_dict": {"a": hostile}}, protocol=PROTOCOLS[number % len(PROTOCOLS)])
    if number // len(HOSTILE) % 2 == 0:
        return data
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w") as archive:
        archive.writestr("archive/data.pkl", data)
        archive.writestr("archive/version", "3\n")
        archive.writestr("archive/byteorder", "little" if os.name else "")
    return file.getvalue()
