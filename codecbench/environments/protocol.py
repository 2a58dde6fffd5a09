"""Messages between codecbench and a codec's side in another environment: docs/environments.md has the format.

Both ends read this file: codecbench as a module, the other interpreter by its path. So it is of Python 3.8 and imports
nothing but the standard library.
"""

from __future__ import annotations

import json
import struct
from typing import IO, Any

MAGIC = b"CBEP"
VERSION = 1
HEAD = struct.Struct("<4sHIQ")
"""Magic, version, bytes of the JSON header, bytes of the body; little-endian, without padding."""
MOST_HEADER = 1 << 20
MOST_BODY = 1 << 30
"""Bytes: 93 minutes of mono at 48 kHz in float32. What announces more is not read."""


class ProtocolError(Exception):
    """What came is no message: the two ends do not understand each other any more."""


class Ended(Exception):
    """The other end is gone."""


class Message:
    """`header` is a JSON object, `body` raw bytes whose meaning the header states."""

    def __init__(self, header: dict[str, Any], body: bytes | bytearray | memoryview = b"") -> None:
        self.header, self.body = header, body


def write_message(pipe: IO[bytes], message: Message) -> None:
    """Raises ProtocolError for one that is too large, of which nothing is written; Ended where nobody reads."""
    header = json.dumps(message.header).encode()
    body = memoryview(message.body).cast("B")
    if len(header) > MOST_HEADER or len(body) > MOST_BODY:
        raise ProtocolError(too_large(len(header), len(body)))
    try:
        for part in (HEAD.pack(MAGIC, VERSION, len(header), len(body)) + header, body):
            left = memoryview(part)
            while left:  # a pipe takes what fits into it
                left = left[pipe.write(left) :]
    except (BrokenPipeError, ValueError) as error:  # ValueError: it was closed on this end
        raise Ended from error


def read_message(pipe: IO[bytes]) -> Message:
    """The next one. Raises ProtocolError for what is none, Ended where the other end closed the pipe before it."""
    head = _take(pipe, HEAD.size, first=True)
    magic, version, header_size, body_size = HEAD.unpack(head)
    if magic != MAGIC:
        raise ProtocolError("it wrote %r where a message begins with %r" % (bytes(head[:16]), MAGIC))  # noqa: UP031
    if version != VERSION:
        raise ProtocolError(f"it speaks version {version} of the protocol, not {VERSION}")
    if header_size > MOST_HEADER or body_size > MOST_BODY:
        raise ProtocolError(too_large(header_size, body_size))
    try:
        header = json.loads(bytes(_take(pipe, header_size)))
    except ValueError as error:
        raise ProtocolError(f"the header of its message is no JSON ({error})") from error
    if not isinstance(header, dict):
        raise ProtocolError("the header of its message is no JSON object")
    return Message(header, _take(pipe, body_size))


def too_large(header: int, body: int) -> str:
    """Why a message is not sent, or not read."""
    return f"a message of {header} + {body} bytes is too large: at most {MOST_HEADER} + {MOST_BODY} are sent"


def _take(pipe: IO[bytes], size: int, first: bool = False) -> bytearray:
    block = bytearray(size)
    view, done = memoryview(block), 0
    while done < size:
        count = pipe.readinto(view[done:])  # type: ignore[attr-defined]
        if not count:
            if first and not done:
                raise Ended
            raise ProtocolError(f"it ended after {done} of {size} bytes of a message's part")
        done += count
    return block
