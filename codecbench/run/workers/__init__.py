"""The worker processes' side of a run. Only plain data passes between them and the runner."""

from codecbench.run.workers.codecs import CodecJob, Decoded, Encoded, cost, decode, encode
from codecbench.run.workers.scores import Original, Scored, ScoreJob, keep_original, original, score

__all__ = [
    "CodecJob", "Decoded", "Encoded", "Original", "ScoreJob", "Scored", "cost", "decode", "encode", "keep_original",
    "original", "score",
]  # fmt: skip
