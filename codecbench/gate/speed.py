"""Is it slower? Two codecs, checkpoints or source trees in turns, in one job, on one machine.

Runners of one cloud differ by a quarter, rounds within a job by less than a per cent: so speed is only ever judged
between two processes that take turns. As in asv, slower means slower by a factor and beyond chance (Mann-Whitney); and
both in wall and in CPU time, for a busy core can starve one of the two throughout. The processes are started anew a few
times: where memory happens to lie is part of a process's speed.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
import threading
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from statistics import median
from types import TracebackType
from typing import Any

from codecbench.errors import CodecBenchError, UsageError
from codecbench.store.ids import point_text

ROUNDS = 15
STARTS = 3
FACTOR = 1.25
CHANCE = 0.002
"""asv's level (asv/_stats.py); with 15 rounds of each side the smallest possible p is 6e-9."""
ANSWER_S = 120.0
STAGES = ("encode", "decode")


class SpeedError(CodecBenchError):
    """One of the two could not be timed."""


@dataclass(frozen=True)
class Side:
    """A codec `name[:checkpoint][@point]`, from the source tree `tree` or as installed."""

    spec: str
    point: str = ""
    tree: Path | None = None

    def __str__(self) -> str:
        at = f" at {point_text(self.point)}" if self.point else ""
        return f"{self.spec}{at}{f' of {self.tree}' if self.tree else ''}"


@dataclass(frozen=True)
class Clock:
    """Seconds per second of audio, round by round; `factor` of the medians and Mann-Whitney's p of being slower."""

    before: tuple[float, ...]
    after: tuple[float, ...]
    factor: float
    p: float
    p_faster: float = 1.0

    @property
    def p_shown(self) -> float:
        """Of the direction in which the medians differ."""
        return self.p if self.factor >= 1 else self.p_faster

    def __str__(self) -> str:
        return f"{self.factor:.2f} (p = {self.p_shown:.2g})"


@dataclass(frozen=True)
class Timing:
    """One stage by both clocks; `slower` or `faster` where both say so."""

    stage: str
    wall: Clock
    cpu: Clock
    slower: bool
    faster: bool = False

    @property
    def word(self) -> str:
        return "regressed" if self.slower else "faster" if self.faster else "same"

    def __str__(self) -> str:
        return (
            f"{self.stage} RTF {median(self.wall.before):.3g} → {median(self.wall.after):.3g}, factor {self.wall}, "
            f"CPU time {self.cpu}, {len(self.wall.after)} rounds in turns"
        )


@dataclass(frozen=True)
class SpeedComparison:
    """`after` against `before`, encoding and decoding apart."""

    before: Side
    after: Side
    timings: tuple[Timing, ...]


def parse_sides(codec: str, against: str) -> tuple[Side, Side]:
    """(before, after) from `--speed` and `--speed-against`, the latter a codec or a folder with the older sources.

    Raises UsageError for a codec or an operating point that is not installed.
    """
    after = _side(codec)
    if Path(against).is_dir():
        return Side(after.spec, after.point, Path(against).absolute()), after
    if os.sep in against:
        raise UsageError(f"--speed-against '{against}' is neither a codec nor a folder of sources")
    return _side(against), after


def compare_speed(before: Side, after: Side, rounds: int = ROUNDS, factor: float = FACTOR) -> SpeedComparison:
    """Time both in turns, each first in every second round. Raises SpeedError where one cannot run."""
    times: _Times = {(side, stage): [] for side in (0, 1) for stage in STAGES}
    for start in range(STARTS):
        turns = len(range(start, rounds, STARTS))
        with _Worker(before) as old, _Worker(after) as new:
            for turn in range(turns):
                for side in (0, 1) if (start + turn) % 2 == 0 else (1, 0):
                    for stage in STAGES:
                        times[side, stage].append((old, new)[side].time(stage))
    timings = tuple(_timing(stage, times[0, stage], times[1, stage], factor) for stage in STAGES)
    return SpeedComparison(before, after, timings)


_Times = dict[tuple[int, str], list[Mapping[str, float]]]


def _timing(
    stage: str, before: list[Mapping[str, float]], after: list[Mapping[str, float]], factor: float
) -> Timing:  # fmt: skip
    wall, cpu = (_clock([t[name] for t in before], [t[name] for t in after]) for name in ("wall", "cpu"))
    slower = all(clock.factor > factor and clock.p < CHANCE for clock in (wall, cpu))
    faster = all(clock.factor < 1 / factor and clock.p_faster < CHANCE for clock in (wall, cpu))
    return Timing(stage, wall, cpu, slower, faster)


def _clock(before: list[float], after: list[float]) -> Clock:
    from scipy.stats import mannwhitneyu

    slower, faster = (float(mannwhitneyu(after, before, alternative=way).pvalue) for way in ("greater", "less"))
    return Clock(tuple(before), tuple(after), median(after) / max(median(before), 1e-12), slower, faster)


def _side(text: str) -> Side:
    from codecbench.plugins import registry

    spec, _, point = text.partition("@")
    card = registry().codec(spec).card
    labels = [known.label for known in card.points]
    if point and point not in labels:
        raise UsageError(f"{card.spec} has no operating point {point}; it has {', '.join(labels)}")
    return Side(card.spec, point or labels[-1])


class _Worker:
    """A process that holds one side and works only while it is asked."""

    def __init__(self, side: Side) -> None:
        self.side = side
        worker = Path(__file__).with_name("speed_worker.py")
        self.process = subprocess.Popen(
            [sys.executable, "-P", str(worker), side.spec, side.point],
            env=_environment(side), stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True,
        )  # fmt: skip
        try:
            facts = self._answer()["ready"]
            if side.tree and not Path(facts["file"]).is_relative_to(side.tree):
                raise SpeedError(f"speed of {side}: the codec was loaded from {facts['file']}, not from that folder")
        except BaseException:
            self.close()
            raise

    def __enter__(self) -> _Worker:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        self.close()

    def time(self, stage: str) -> Mapping[str, float]:
        assert self.process.stdin is not None
        try:
            self.process.stdin.write(f"{stage}\n")
            self.process.stdin.flush()
        except OSError as error:
            raise SpeedError(f"speed of {self.side}: its process died") from error
        return self._answer()

    def close(self) -> None:
        self.process.kill()
        self.process.wait()
        for stream in (self.process.stdin, self.process.stdout):
            if stream is not None:
                stream.close()

    def _answer(self) -> Mapping[str, Any]:
        assert self.process.stdout is not None
        killer = threading.Timer(ANSWER_S, self.process.kill)
        killer.start()
        try:
            line = self.process.stdout.readline()
        finally:
            killer.cancel()
        if not line:
            raise SpeedError(f"speed of {self.side}: its process died, or gave no answer within {ANSWER_S:.0f} s")
        answer: dict[str, Any] = json.loads(line)
        if "error" in answer:
            raise SpeedError(f"speed of {self.side}: {answer['error']}")
        return answer


def _environment(side: Side) -> dict[str, str]:
    from codecbench.run.processes import THREAD_VARIABLES

    environment = dict(os.environ) | dict.fromkeys(THREAD_VARIABLES, "1")
    if side.tree is not None:
        folders = [side.tree, *(side.tree / name for name in ("src", "plugins") if (side.tree / name).is_dir())]
        environment["PYTHONPATH"] = os.pathsep.join([*map(str, folders), environment.get("PYTHONPATH", "")])
    return environment
