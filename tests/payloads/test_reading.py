from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch
from made_payloads import PLUGIN

from codecbench.api import Audio, CodecOptions, OperatingPoint, PayloadError
from codecbench.payloads import coded_samples, read_payload


@pytest.fixture(scope="module")
def plugin() -> dict[str, Any]:
    made: dict[str, Any] = {}
    exec(PLUGIN, made)
    return made


@pytest.fixture(scope="module")
def codec(plugin: dict[str, Any]) -> Any:
    return plugin["Samples"](CodecOptions())


@pytest.fixture
def point(codec: Any) -> OperatingPoint:
    return codec.card.points[0]  # type: ignore[no-any-return]


@pytest.fixture
def payload(codec: Any, point: OperatingPoint) -> bytes:
    noise = np.random.default_rng(0).uniform(-0.5, 0.5, 803)
    made: bytes = codec.encode(Audio.mono(noise, 16000), point)
    return made


def test_bytes_are_taken_as_they_are(codec: Any, point: OperatingPoint, payload: bytes, tmp_path: Path) -> None:
    (tmp_path / "a.bin").write_bytes(payload)
    assert read_payload(tmp_path / "a.bin", codec, codec.card, point) == payload
    assert coded_samples(payload, codec, codec.card, point) == 808
    with pytest.raises(PayloadError, match=r"payload 'b\.bin' cannot be read: No such file"):
        read_payload(tmp_path / "b.bin", codec, codec.card, point)


@pytest.mark.parametrize("batch", [False, True])
@pytest.mark.parametrize("kind", ["npy", "pt"])
def test_codes_are_packed_as_the_codec_packs_its_own(
    codec: Any, point: OperatingPoint, payload: bytes, tmp_path: Path, kind: str, batch: bool
) -> None:
    codes = codec.codes(payload, point)[None] if batch else codec.codes(payload, point)
    path = tmp_path / f"a.{kind}"
    if kind == "npy":
        np.save(path, codes.astype(np.uint16))
    else:
        torch.save(torch.from_numpy(codes.astype(np.int32)), path)
    assert read_payload(path, codec, codec.card, point) == payload


def array(**change: Any) -> Callable[[Path], None]:
    kept = {"shape": (4, 10), "dtype": np.int64, "value": 3} | change
    return lambda path: np.save(path, np.full(kept["shape"], kept["value"], kept["dtype"]))


@pytest.mark.parametrize(
    ("name", "write", "message"),
    [
        ("a.npy", array(shape=(8, 10)), r"are int64 \[8, 10\]; samples:default at 64 kbps has integers \[4, frames\]"),
        ("a.npy", array(shape=(2, 4, 10)), r"are int64 \[2, 4, 10\]"),
        ("a.npy", array(dtype=np.float32), r"are float32 \[4, 10\]"),
        ("a.npy", array(value=256), r"codebook 0 has codes outside \[0, 256\)"),
        ("a.npy", array(value=-1), "outside"),
        ("a.npy", lambda path: path.write_bytes(b"nothing"), r"codes 'a\.npy' cannot be read"),
        ("a.npy", lambda path: np.save(path, np.array([{}], dtype=object)), "cannot be read: Object arrays"),
        ("a.pt", lambda path: path.write_bytes(b"nothing"), r"codes 'a\.pt' cannot be read"),
        ("a.pt", lambda path: torch.save({"codes": torch.zeros(4, 2)}, path), "expected a tensor, got dict"),
        ("a.pt", lambda path: torch.save(torch.zeros(4, 2), path), r"are float32 \[4, 2\]"),
        ("a.pt", lambda path: torch.save(Path("code"), path), "cannot be read"),
    ],
)  # fmt: skip
def test_what_is_no_code_of_this_point_is_one_line(
    codec: Any, point: OperatingPoint, tmp_path: Path, name: str, write: Callable[[Path], None], message: str
) -> None:
    write(tmp_path / name)
    with pytest.raises(PayloadError, match=message) as caught:
        read_payload(tmp_path / name, codec, codec.card, point)
    assert "\n" not in str(caught.value)


def test_a_codec_that_says_nothing_of_codes_takes_bytes_alone(plugin: dict[str, Any], tmp_path: Path) -> None:
    codec = plugin["Bytes"](CodecOptions())
    np.save(tmp_path / "a.npy", np.zeros((1, 4), np.int64))
    with pytest.raises(PayloadError, match="does not say how its payloads hold codes; give the payload's bytes"):
        read_payload(tmp_path / "a.npy", codec, codec.card, codec.card.points[0])
    with pytest.raises(PayloadError, match="give seconds, or the recording's path, in the manifest"):
        coded_samples(b"ab", codec, codec.card, codec.card.points[0])


def test_a_payload_that_has_more_than_codes_is_given_as_bytes(plugin: dict[str, Any], tmp_path: Path) -> None:
    class Scaled(plugin["Samples"]):  # type: ignore[misc]
        def codes(self, payload: bytes, point: OperatingPoint) -> Any:
            return super().codes(payload[4:], point)

    codec = Scaled(CodecOptions())
    np.save(tmp_path / "a.npy", np.full((4, 10), 3))
    with pytest.raises(PayloadError, match="holds more than codes; give its bytes"):
        read_payload(tmp_path / "a.npy", codec, codec.card, codec.card.points[0])
