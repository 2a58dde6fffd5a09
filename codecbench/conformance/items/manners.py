"""What the codec does to the process that it is in: modes, prints, children, settings, memory."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from codecbench.conformance.bench import Bench
from codecbench.conformance.result import CheckResult, failed, passed, skipped, warned
from codecbench.conformance.worker import CodecCall

UTTERANCES, LEAST, BUDGET_S = 200, 20, 8.0
SHORT_S = 0.25
GROWS_MB, LEAKS_MB = 0.05, 0.5
"""Of memory for each utterance: 10,000 of them come to 500 MB, or to 5 GB."""


def manners(bench: Bench) -> Iterator[CheckResult]:
    """By the processes that have been at work since the check began."""
    processes = [bench.run(name, []).process for name in ("encoder", "decoder")]
    training = sorted({name for process in processes for name in process.training})
    if training:
        yield failed("train mode", f"{', '.join(training)} in training mode", "call .eval() on every network")
    else:
        yield passed("train mode", "no network acts as in training")
    printed = next((process.printed for process in processes if process.printed), "")
    if printed:
        yield warned("stdout", f"it prints: {printed[:60]}", "print nothing; log to stderr by the logging module")
    else:
        yield passed("stdout", "nothing is printed")
    children = sorted({name for process in processes for name in process.children})
    if children:
        yield failed(
            "children", f"{', '.join(children)} still running", "wait for every process that you start, or kill it"
        )
    else:
        yield passed("children", "no process is left behind")
    changed = sorted({what for process in processes for what in process.changed})
    if changed:
        yield warned("settings", changed[0], "set it where it is used, and back: what else is in the process meets it")
    else:
        yield passed("settings", "torch's defaults, the working folder and the like are as before")


def memory(bench: Bench) -> Iterator[CheckResult]:
    """Over many short utterances in one process, which in a run codes thousands."""
    audio = bench.excerpt(SHORT_S)
    first = bench.run("both", [CodecCall("encode", bench.low.label, audio=audio)] * 2).made
    if not first[1].ok:
        yield failed("memory", first[1].error, "see the items before")
        return
    payload = first[1].payload
    trial = bench.run("both", [CodecCall("decode", bench.low.label, payload=payload)] * 2).made
    each = first[1].seconds + trial[1].seconds
    count = int(max(LEAST, min(UTTERANCES, BUDGET_S / max(each, 1e-6))))
    pair = [
        CodecCall("encode", bench.low.label, audio=audio, kept=False),
        CodecCall("decode", bench.low.label, payload=payload, kept=False),
    ]
    held = np.array([made.rss_mb for made in bench.run("both", pair * count).made[1::2]])
    if not held.any():
        yield skipped("memory", "the system does not say how much a process holds")
        return
    later = held[count // 4 :]
    growth = float(np.polyfit(np.arange(len(later)), later, 1)[0])
    seen = f"{growth:+.3f} MB for each of {count} utterances"
    if growth > GROWS_MB:
        advice = "keep nothing of an utterance: no lists of results, no tensors with gradients"
        yield (failed if growth > LEAKS_MB else warned)("memory", seen, advice)
    else:
        yield passed("memory", seen)
