"""The worker processes' side of a run. Only plain data passes between them and the runner."""

from codecbench.run.workers.codecs import (
    Bypassed,
    CodecJob,
    Decoded,
    Encoded,
    bypass,
    decode,
    encode,
    load,
    take,
    unchanged,
)
from codecbench.run.workers.costs import TimedPoint, cost, memory, speed
from codecbench.run.workers.hearing import try_recognizer
from codecbench.run.workers.metrics import MetricJob, metric_jobs
from codecbench.run.workers.original import Original, keep_original, original
from codecbench.run.workers.score import CellScores, ScoreJob, keep_decoded, score

__all__ = [
    "Bypassed", "CellScores", "CodecJob", "Decoded", "Encoded", "MetricJob", "Original", "ScoreJob", "TimedPoint",
    "bypass", "cost", "decode", "encode", "keep_decoded", "keep_original", "load", "memory", "metric_jobs", "original",
    "score", "speed", "take", "try_recognizer", "unchanged",
]  # fmt: skip
