"""Messages over a pipe: what is written is read, and what is no message is said to be none."""

from __future__ import annotations

import os
import threading
from collections.abc import Iterator
from typing import IO

import pytest

from codecbench.environments import protocol
from codecbench.environments.protocol import HEAD, MAGIC, VERSION, Ended, Message, ProtocolError

Pipe = tuple[IO[bytes], IO[bytes]]


@pytest.fixture
def pipe() -> Iterator[Pipe]:
    source, sink = os.pipe()
    with os.fdopen(source, "rb", 0) as reading, os.fdopen(sink, "wb", 0) as writing:
        yield reading, writing


def test_a_message_of_more_than_a_pipe_holds_comes_whole(pipe: Pipe) -> None:
    reading, writing = pipe
    body = os.urandom(3_000_000)
    sender = threading.Thread(target=protocol.write_message, args=(writing, Message({"call": "encode"}, body)))
    sender.start()
    message = protocol.read_message(reading)
    sender.join()
    assert (message.header, bytes(message.body)) == ({"call": "encode"}, body)
    protocol.write_message(writing, Message({}))
    assert bytes(protocol.read_message(reading).body) == b""


def head(header: int, body: int, version: int = VERSION) -> bytes:
    return HEAD.pack(MAGIC, version, header, body)


@pytest.mark.parametrize(
    ("written", "said"),
    [
        (b"Epoch 1: 100 %|##########| done in 3 s\n", "it wrote b'Epoch 1: 100 %|#' where a message begins with"),
        (head(2, 0)[:7], "it ended after 7 of 18 bytes"),
        (head(2, 100) + b"{}" + b"half", "it ended after 4 of 100 bytes"),
        (
            head(2, 2_000_000_000) + b"{}",
            "a message of 2 + 2000000000 bytes is too large: at most 1048576 + 1073",
        ),
        (head(2_000_000, 0), "a message of 2000000 + 0 bytes is too large"),
        (head(2, 0, version=9) + b"{}", "it speaks version 9 of the protocol, not 1"),
        (head(2, 0) + b"no", "the header of its message is no JSON"),
        (head(2, 0) + b"[]", "the header of its message is no JSON object"),
    ],
)
def test_what_is_no_message_is_said(pipe: Pipe, written: bytes, said: str) -> None:
    reading, writing = pipe
    writing.write(written)
    writing.close()
    with pytest.raises(ProtocolError) as error:
        protocol.read_message(reading)
    assert said in str(error.value)


def test_an_end_between_messages_is_an_end_and_no_damage(pipe: Pipe) -> None:
    reading, writing = pipe
    writing.close()
    with pytest.raises(Ended):
        protocol.read_message(reading)


def test_nobody_reads_any_more(pipe: Pipe) -> None:
    reading, writing = pipe
    reading.close()
    with pytest.raises(Ended):
        protocol.write_message(writing, Message({}, b"12"))


def test_a_message_that_is_too_large_is_not_begun(pipe: Pipe, monkeypatch: pytest.MonkeyPatch) -> None:
    reading, writing = pipe
    monkeypatch.setattr(protocol, "MOST_BODY", 10)
    with pytest.raises(ProtocolError, match=r"2 \+ 11 bytes is too large"):
        protocol.write_message(writing, Message({}, bytes(11)))
    protocol.write_message(writing, Message({}, bytes(10)))
    assert len(protocol.read_message(reading).body) == 10


def test_the_format_is_as_it_is_documented() -> None:
    """docs/environments.md: 4 + 2 + 4 + 8 bytes, little-endian."""
    assert head(3, 5) == b"CBEP" + (1).to_bytes(2, "little") + (3).to_bytes(4, "little") + (5).to_bytes(8, "little")
