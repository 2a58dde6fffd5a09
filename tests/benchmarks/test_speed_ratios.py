"""Speeds against a yardstick of the same run: `pytest tests/benchmarks --benchmark-only`. Nothing is asserted of time.

Read the columns of one group against each other; `extra_info` names the yardstick.
"""

from __future__ import annotations

import numpy as np
import pytest

from codecbench.api import CodecOptions
from codecbench.bitstream import pack, unpack
from codecbench.cost.signals import speech_like
from codecbench.plugins import registry

FRAMES = 500  # 10 s at 50 frames per second
BOOKS = [1024] * 8
CODES = np.random.default_rng(0).integers(0, 1024, (8, FRAMES))
SECONDS = 3


@pytest.mark.benchmark(group="pack 8 x 10 bit x 500 frames")
class TestPacking:
    def test_numpy_packbits(self, benchmark):
        bits = np.random.default_rng(0).integers(0, 2, 80 * FRAMES, dtype=np.uint8)
        benchmark.extra_info["yardstick"] = True
        assert len(benchmark(lambda: np.packbits(bits).tobytes())) == 10 * FRAMES

    def test_pack(self, benchmark):
        assert len(benchmark(pack, CODES, BOOKS)) == 10 * FRAMES

    def test_unpack(self, benchmark):
        np.testing.assert_array_equal(benchmark(unpack, pack(CODES, BOOKS), BOOKS), CODES)

    def test_pack_of_odd_codebook_sizes(self, benchmark):
        benchmark(pack, np.minimum(CODES, 999), [1000] * 8)


@pytest.mark.benchmark(group=f"code {SECONDS} s")
class TestCodecs:
    @pytest.mark.parametrize(("name", "label"), [("pcm", "256"), ("opus", "6"), ("opus", "32"), ("codec2", "3.2")])
    @pytest.mark.parametrize("direction", ["encode", "decode"])
    def test_codec(self, benchmark, name, label, direction):
        pytest.importorskip({"opus": "av", "codec2": "pycodec2"}.get(name, "numpy"))
        entry = registry().codec(name)
        codec, point = entry.factory(CodecOptions()), entry.card.point(label)
        audio = speech_like(SECONDS * entry.card.sample_rate, entry.card.sample_rate, 0)
        benchmark.extra_info["yardstick"] = name == "pcm"
        payload = codec.encode(audio, point)
        if direction == "encode":
            assert benchmark(codec.encode, audio, point) == payload
        else:
            assert benchmark(codec.decode, payload, point).length >= audio.length
