"""The worker processes' side of a run. Only plain data passes between them and the runner."""

from codecbench.run.workers.codecs import (
    Bypassed,
    CodecJob,
    Decoded,
    Encoded,
    bypass,
    decode,
    encode,
    unchanged,
)
from codecbench.run.workers.costs import cost, memory
from codecbench.run.workers.scores import (
    Original,
    Scored,
    ScoreJob,
    keep_decoded,
    keep_original,
    original,
    score,
    try_recognizer,
)

__all__ = [
    "Bypassed", "CodecJob", "Decoded", "Encoded", "Original", "ScoreJob", "Scored", "bypass", "cost", "decode",
    "encode", "keep_decoded", "keep_original", "memory", "original", "score", "try_recognizer", "unchanged",
]  # fmt: skip
