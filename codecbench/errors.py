"""The exceptions that cross a module boundary. Each message says what failed, for what, and what to do."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

PERFECT = "perfect"
"""In an abstention's stored detail: it is for want of any fault."""


class CodecBenchError(Exception):
    """Base of every error that codecbench raises on purpose."""


class UsageError(CodecBenchError):
    """The user asked for something that cannot be: printed as one line, exit status 2."""


class PayloadError(CodecBenchError):
    """A payload cannot be read: truncated, corrupted, or made by another codec or operating point."""


class Unavailable(CodecBenchError):
    """A codec, metric or recognizer cannot run here (missing package or weights): its cells are `skipped`.

    The message says why and what the user can do about it.
    """


class ProcessLost(CodecBenchError):
    """A process that did the work of this one has ended, or does not answer as agreed: nothing more comes of it.

    `killed`: somebody else ended it by SIGKILL, as the system does where memory runs out.
    """

    def __init__(self, reason: str, *, killed: bool = False) -> None:
        super().__init__(reason)
        self.killed = killed


class Abstain(CodecBenchError):
    """A metric or measurement declines to give a number for this input: the cell is `abstained`.

    Raise it where a number would be meaningless (PESQ of silence), never where something broke. `detail` (JSON) is kept
    beside the reason, for who has to tell one kind of abstention from another: the reason is for people alone.
    `perfect` says that there is no number because nothing could be better (SI-SDR of identical signals is infinite): to
    the gate that is no loss, where any other score that is gone is.
    """

    def __init__(self, reason: str = "", detail: Mapping[str, Any] | None = None, *, perfect: bool = False) -> None:
        super().__init__(reason)
        self.detail: Mapping[str, Any] = {**(detail or {}), **({PERFECT: True} if perfect else {})}


def one_line(error: BaseException) -> str:
    """What an exception says, in one line; its type where it says nothing."""
    return " ".join(str(error).split()) or type(error).__name__
