"""One instruction set for Whisper's arithmetic, so that the same signal is heard alike on every processor.

ctranslate2 takes other kernels, with other roundings, where a processor has more than AVX2: of 57 decoded signals of
LaDiffCodec int8 arithmetic heard 20 alike with and without AVX-512, at a word error rate of 53.2 and 54.4 %. Held to
AVX2 it costs at most a fifth more on such a processor and nothing on others. Arithmetic in float32 hears alike without
being held (57 of 57), for twice the time: it serves where there is no AVX2, under a name of its own.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from importlib import import_module

from codecbench.environment import changed

HELD = {"ONEDNN_MAX_CPU_ISA": "AVX2", "CT2_FORCE_CPU_ISA": "AVX2", "CT2_USE_MKL": "0"}
"""Environment variables of oneDNN and ctranslate2. Both libraries read them once, at their first arithmetic."""


def has(feature: str) -> bool:
    """Whether this processor has `feature`, as NumPy calls it ("AVX2", "AVX512F") and was told that it may use it."""
    features: dict[str, bool] = import_module("numpy._core._multiarray_umath").__cpu_features__
    return features.get(feature, False)


def has_avx2() -> bool:
    """Whether this processor can be held to AVX2: x86-64 of the last ten years."""
    return has("AVX2")


@contextmanager
def held_to_avx2() -> Iterator[None]:
    """The variables are set within, and as they were afterwards: torch's own oneDNN, which codecs use, is not held.

    The first model of the process must do its first arithmetic within.
    """
    with changed(HELD):
        yield


COMPUTE_TYPE = "int8" if has_avx2() else "float32"
INSTRUCTIONS = "AVX2" if has_avx2() else "any"
SUFFIX = "" if has_avx2() else "-float32"
"""Of the recognizer's id: figures of the two arithmetics are never taken for each other's."""
