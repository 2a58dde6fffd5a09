"""A codec in another process is a codec like any other: its bytes, its audio, its exceptions."""

from __future__ import annotations

import re
import sys
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from made_sides import other_pythons, version_of, write_side

from codecbench.api import (
    Audio,
    Codec,
    CodecOptions,
    Environment,
    HasCodes,
    Interpreter,
    PayloadError,
    Unavailable,
)
from codecbench.environments.codec import SideCodec, SideFactory
from codecbench.environments.folders import environment_folder, python_in
from codecbench.environments.making import make
from codecbench.environments.probing import probe
from codecbench.environments.process import SideError
from codecbench.errors import ProcessLost
from codecbench.plugins import registry
from codecbench.plugins.given import add_file
from codecbench.plugins.registered import Registered

HERE = Interpreter(Path(sys.executable), "")
NAME = "mulaw_in_codec_tests"
SPEECH = Audio.mono(np.sin(np.arange(16000, dtype=np.float32) / 9) * 0.4, 16000)


@pytest.fixture(scope="module")
def entry(tmp_path_factory: pytest.TempPathFactory) -> Registered[Any]:
    add_file(write_side(tmp_path_factory.mktemp("sides"), NAME))
    return registry().codecs[f"{NAME}:default"]


def opened(entry: Registered[Any], mode: str = "", interpreter: Interpreter = HERE) -> Codec:
    codec: Codec = entry.factory(CodecOptions(settings={"mode": mode}, interpreter=interpreter))
    return codec


@pytest.fixture
def codec(entry: Registered[Any]) -> Iterator[SideCodec]:
    found = opened(entry)
    assert isinstance(found, SideCodec)
    yield found
    found.close()


def test_it_codes(codec: SideCodec) -> None:
    point = codec.card.points[0]
    before = SPEECH.samples.copy()
    payload = codec.encode(SPEECH, point)
    assert type(payload) is bytes
    assert len(payload) == 16000
    assert np.array_equal(before, SPEECH.samples)  # the side writes into its own copy
    decoded = codec.decode(payload, point)
    assert (decoded.sample_rate, decoded.samples.dtype) == (16000, np.float32)
    assert np.abs(decoded.samples - SPEECH.samples).max() < 0.02
    assert isinstance(codec, HasCodes)
    assert list(codec.codebook_sizes(point)) == [256]
    assert np.array_equal(codec.codes(payload, point)[0], np.frombuffer(payload, np.uint8))
    assert codec.parameters() == 1


def test_its_own_process_says_what_its_calls_took(codec: SideCodec) -> None:
    before = codec.seconds
    codec.encode(SPEECH, codec.card.points[0])
    assert 0 < codec.seconds.wall - before.wall < 60
    assert 0 <= codec.seconds.cpu - before.cpu < 60


def test_nothing_and_stereo_are_refused_or_coded(codec: SideCodec) -> None:
    point = codec.card.points[0]
    assert codec.encode(Audio.mono(np.zeros(0, np.float32), 16000), point) == b""
    with pytest.raises(ValueError, match=r"takes 1 channels at 16000 Hz, got 2 at 16000 Hz"):
        codec.encode(Audio(np.zeros((2, 10), np.float32), 16000), point)


def test_what_it_prints_is_not_in_the_pipe(entry: Registered[Any], capfd: pytest.CaptureFixture[str]) -> None:
    codec = opened(entry, "prints")
    assert len(codec.encode(SPEECH, codec.card.points[0])) == 16000  # type: ignore[attr-defined]
    shown = capfd.readouterr()
    assert shown.out == ""
    assert "progress: 100 %" in shown.err


@pytest.mark.parametrize(
    ("mode", "said"),
    [
        ("raises", "ValueError: this is not speech"),
        ("exits", "SystemExit: 7"),
        ("list", "TypeError: encode returned list, expected bytes"),
        ("too large", "is too large: at most"),
        ("counts", "TypeError: decode returned samples of shape (1, 16000) and type int16, expected fl"),
        ("bare", "TypeError: decode returned ndarray, expected (samples, sample_rate)"),
    ],
)
def test_what_it_raises_is_one_line(entry: Registered[Any], mode: str, said: str) -> None:
    codec = opened(entry, mode)
    point = entry.card.points[0]
    with pytest.raises(SideError) as error:
        codec.decode(codec.encode(SPEECH, point), point)
    assert said in str(error.value)
    assert "\n" not in str(error.value)


def test_a_crash_is_a_lost_process(entry: Registered[Any]) -> None:
    codec = opened(entry, "crashes")
    with pytest.raises(ProcessLost, match=r"its process in the environment died \(Segmentation fault\)"):
        codec.encode(SPEECH, entry.card.points[0])


def test_what_cannot_be_opened_is_opened_once(entry: Registered[Any], capfd: pytest.CaptureFixture[str]) -> None:
    for _ in range(2):
        with pytest.raises(SideError, match="RuntimeError: no model here"):
            opened(entry, "unopened")
    assert capfd.readouterr().err.count("RuntimeError: no model here") == 1
    with pytest.raises(Unavailable, match="its checkout is not here; clone it"):
        opened(entry, "unavailable")


ERRORS: Mapping[str, type[Exception]] = {"PayloadError": PayloadError, "MemoryError": MemoryError}


@pytest.mark.parametrize("name", ERRORS)
def test_exceptions_that_mean_something_mean_it_here_too(tmp_path: Path, name: str) -> None:
    side = f"""
class PayloadError(Exception):
    pass
class Codec:
    def encode(self, samples, sample_rate, point):
        return b""
    def decode(self, payload, point):
        raise {name}("7 bytes are no frame")
def open_codec(options):
    return Codec()
"""
    called = f"raises_{name.lower()}"
    add_file(write_side(tmp_path, called, side=side))
    entry = registry().codecs[f"{called}:default"]
    codec = opened(entry)
    assert not isinstance(codec, HasCodes)
    with pytest.raises(ERRORS[name], match="7 bytes are no frame"):
        codec.decode(b"", entry.card.points[0])


def test_without_an_environment_it_says_how_to_make_one(
    entry: Registered[Any], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("CODECBENCH_CACHE", str(tmp_path))
    with pytest.raises(Unavailable, match=f"`codecbench environments create {NAME}:default`"):
        entry.factory(CodecOptions(settings={"mode": ""}))


def test_rows_of_codes_may_be_of_several_lengths(tmp_path: Path) -> None:
    side = """
import numpy as np
class Codec:
    def encode(self, samples, sample_rate, point):
        return b"1"
    def decode(self, payload, point):
        return np.zeros((1, 1), np.float32), 16000
    def codes(self, payload, point):
        return [np.arange(2), np.arange(4)]
"""
    plugin = write_side(tmp_path, "uneven_rows", side=f"{side}\ndef open_codec(options):\n    return Codec()\n")
    point = "OperatingPoint(128.0, codebooks=(Codebook(4), Codebook(4, per_frame=2)))"
    text = plugin.read_text().replace("import CodecCard", "import Codebook, CodecCard")
    plugin.write_text(re.sub(r"OperatingPoint\(128\.0.*?\}\)", point, text))
    add_file(plugin)
    entry = registry().codecs["uneven_rows:default"]
    codec = opened(entry)
    assert isinstance(codec, HasCodes)
    assert [row.tolist() for row in codec.codes(b"1", entry.card.points[0])] == [[0, 1], [0, 1, 2, 3]]
    assert codec.codebook_sizes(entry.card.points[0]) == [4, 4]


def test_the_bytes_of_a_side_of_tokens_are_made_here(tmp_path: Path) -> None:
    side = """
import numpy as np
class Codec:
    def encode_codes(self, samples, sample_rate, point):
        return np.clip(np.round(samples[:1, ::4] * 512) + 512, 0, 1023).astype(np.int32)
    def decode_codes(self, codes, point):
        return np.repeat((codes - 512) / 512, 4, axis=1), 16000
    def codebook_sizes(self, point):
        return [1024]
def open_codec(options):
    return Codec()
"""
    add_file(write_side(tmp_path, "tokens_there", side=side))
    entry = registry().codecs["tokens_there:default"]
    codec, point = opened(entry), entry.card.points[0]
    payload = codec.encode(SPEECH, point)
    assert len(payload) == 16000 // 4 * 10 // 8
    assert isinstance(codec, HasCodes)
    assert np.asarray(codec.codes(payload, point)).shape == (1, 4000)
    decoded = codec.decode(payload, point)
    assert np.abs(decoded.samples[0, ::4] - SPEECH.samples[0, ::4]).max() < 1 / 512
    with pytest.raises(PayloadError, match="holds no frame"):
        codec.decode(b"", point)


def test_a_codec_may_have_codes_of_the_whole_utterance_alone(tmp_path: Path) -> None:
    """A voice, and nothing that changes in time: there is no frame to miss."""
    side = """
import numpy as np
class Codec:
    def encode_codes(self, samples, sample_rate, point):
        return np.array([[3, 1, 2]])
    def decode_codes(self, codes, point):
        return np.full((1, 8), codes[0][0], np.float32), 16000
def open_codec(options):
    return Codec()
"""
    plugin = write_side(tmp_path, "voice_there", side=side)
    point = "OperatingPoint(128.0, codebooks=(Codebook(4, per_utterance=3),))"
    text = plugin.read_text().replace("import CodecCard", "import Codebook, CodecCard")
    plugin.write_text(re.sub(r"OperatingPoint\(128\.0.*?\}\)", point, text))
    add_file(plugin)
    entry = registry().codecs["voice_there:default"]
    payload = opened(entry).encode(SPEECH, entry.card.points[0])
    assert payload == bytes([0b11011000])
    assert opened(entry).decode(payload, entry.card.points[0]).samples.tolist() == [[3.0] * 8]


def test_the_factory_of_a_side_is_hashed_as_its_plugins() -> None:
    from codecbench.plugins.sources import module_of

    card = next(iter(registry().codecs.values())).card
    assert module_of(SideFactory(card, "some_plugin")) == "some_plugin"


@pytest.mark.parametrize("which", ["oldest", "newest"])
def test_a_python_of_another_version_runs_it(
    entry: Registered[Any], small_cache: Path, monkeypatch: pytest.MonkeyPatch, which: str
) -> None:
    """3.8 is the oldest that may; and one that is newer than this, where torch may not be had."""
    monkeypatch.setenv("CODECBENCH_CACHE", str(small_cache))
    versions = [version for python in other_pythons() if (version := version_of(python)) and version >= (3, 8)]
    found = min(versions, default=None) if which == "oldest" else max(versions, default=None)
    if found is None or (found < sys.version_info[:2]) != (which == "oldest"):
        pytest.skip(f"no Python of 3.8 or later that is {which} is on this machine beside this one")
    other = Environment((), python=f"=={found[0]}.{found[1]}.*")
    make("other:default", other, lambda _: None)
    python = python_in(environment_folder(other))
    facts = probe(python, isolated=True)
    assert facts.python.startswith(f"{found[0]}.{found[1]}.")
    assert "torch" not in facts.packages
    codec = opened(entry, interpreter=Interpreter(python, facts.sha256, isolated=False))
    point = entry.card.points[0]
    assert codec.encode(SPEECH, point) == opened(entry).encode(SPEECH, point)
    decoded = codec.decode(codec.encode(SPEECH, point), point)
    assert np.abs(decoded.samples - SPEECH.samples).max() < 0.02
