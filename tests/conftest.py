"""What every test may need: the development data beside the repository, and the tools some tests look with."""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator
from importlib.resources import files
from pathlib import Path
from typing import Any

# Workers of pytest-xdist share the cores: without this each of them starts as many threads as there are.
os.environ.setdefault("OMP_NUM_THREADS", "1")

import pytest
import soundfile

from codecbench.plugins import registry
from codecbench.plugins.registered import CARDS

REPOSITORY = Path(__file__).resolve().parents[1]
SHARED = REPOSITORY.parent / "shared"


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_make_scheduler(config: pytest.Config, log: Any) -> Any:
    """With `-n` the tests of a file go to one process: what a file's tests share, a whole run often, is made once."""
    from xdist.scheduler import LoadFileScheduling

    return LoadFileScheduling(config, log)


def require_tool(*names: str) -> str:
    """The first of `names` on the path. Without it the test skips, or fails where CI promised to install it."""
    for name in names:
        if found := shutil.which(name):
            return found
    message = f"none of {', '.join(names)} is installed"
    if os.environ.get("CODECBENCH_REQUIRE_TOOLS") == "1":
        pytest.fail(message)
    pytest.skip(message)


@pytest.fixture(scope="session")
def shared() -> Path:
    """The development data beside the repository (real speech, third-party weights)."""
    if not (SHARED / "data" / "eval" / "manifest.tsv").is_file():
        pytest.skip("the development data (../shared) is not here")
    return SHARED


@pytest.fixture(scope="module", autouse=True)
def _plugins_as_installed() -> Iterator[None]:
    """What a file's tests have added to the registry is gone after them: others look at all that is installed."""
    tables = [registry().table(kind) for kind in CARDS]
    before = [dict(table) for table in tables]
    yield
    for table, kept in zip(tables, before, strict=True):
        table.clear()
        table.update(kept)


@pytest.fixture(scope="session")
def clips(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A manifest of three real clips of 0.8 s."""
    folder = tmp_path_factory.mktemp("clips")
    probe = Path(str(files("codecbench.datasets") / "speech" / "probe"))
    lines = ["id\tpath\ttranscript\tspeaker\tsex"]
    for number, path in enumerate(sorted(probe.rglob("*.flac"))[:3]):
        samples, rate = soundfile.read(path)
        start = len(samples) // 3
        soundfile.write(folder / f"clip{number}.wav", samples[start : start + int(0.8 * rate)], rate)
        lines.append(f"clip{number}\tclip{number}.wav\tsome words\tspeaker{number}\tF")
    manifest = folder / "manifest.tsv"
    manifest.write_text("\n".join(lines) + "\n")
    return manifest


@pytest.fixture(scope="session")
def short_clips(clips: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Their first halves, for what hangs: it is waited for in proportion to its length."""
    folder = tmp_path_factory.mktemp("short")
    for path in clips.parent.glob("*.wav"):
        samples, rate = soundfile.read(path)
        soundfile.write(folder / path.name, samples[: len(samples) // 2], rate)
    return Path(shutil.copy(clips, folder))
