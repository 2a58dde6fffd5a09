"""Codecs that are command lines: their programs run without a shell, on files or pipes that leave nothing behind."""

from __future__ import annotations

import shlex
import shutil
import subprocess
from collections.abc import Mapping, Sequence
from pathlib import Path
from string import Formatter

from codecbench.api import Unavailable, UsageError
from codecbench_classic.private_files import PrivateFile

LIMIT_S, LIMIT_PER_S = 20.0, 2.0
"""Seconds that a program may take, and more for each second of audio: less than a run gives the whole cell."""
PIPE = "-"


class ProgramFailed(Exception):
    """A program that ended with an error or without output; the message says which and how, in a line."""


class ProgramStopped(RuntimeError):
    """A program that could not be run, or was stopped because it did not end."""


class Program:
    """A command line with placeholders in braces. `{input}` and `{output}` become files; a program without them reads
    stdin and writes stdout.
    """

    def __init__(self, template: Sequence[str], install: str) -> None:
        """Raises Unavailable, saying to `install` it, where the program is not on this machine."""
        self.template, self.name = tuple(template), Path(template[0]).name
        found = shutil.which(self.template[0])
        if found is None:
            raise Unavailable(f"the program '{self.template[0]}' is not here; {install}")
        self.path = found

    def run(self, content: bytes, values: Mapping[str, str], seconds: float) -> bytes:
        """What it makes of `content`, about `seconds` of audio. `values` are those of the other placeholders.

        Raises:
            ProgramFailed: it returned an error, or wrote nothing.
            ProgramStopped: it could not be run, or did not end in time.
        """
        limit = LIMIT_S + LIMIT_PER_S * seconds
        if "{input}" not in " ".join(self.template):
            return self._run(self._arguments(values), content, limit)
        source, target = PrivateFile("input", content), PrivateFile("output")
        try:
            files = {"input": str(source.path), "output": str(target.path)}
            self._run(self._arguments({**values, **files}), b"", limit, written=True)
            written = target.path.read_bytes()
        finally:
            source.close()
            target.close()
        if not written:
            raise ProgramFailed(f"'{self.name}' wrote nothing into {{output}}")
        return written

    def _arguments(self, values: Mapping[str, str]) -> list[str]:
        return [self.path, *(part.format_map(values) for part in self.template[1:])]

    def _run(self, arguments: list[str], content: bytes, limit: float, written: bool = False) -> bytes:
        name = self.name
        try:
            done = subprocess.run(arguments, input=content, capture_output=True, timeout=limit, check=False)
        except subprocess.TimeoutExpired:
            raise ProgramStopped(f"'{name}' did not end within {limit:.0f} s and was stopped") from None
        except OSError as error:
            raise ProgramStopped(f"'{name}' cannot be run: {error.strerror}") from None
        if done.returncode:
            raise ProgramFailed(f"'{name}' ended with status {done.returncode}: {last_line(done.stderr)}")
        if not done.stdout and not written:
            raise ProgramFailed(f"'{name}' wrote nothing: {last_line(done.stderr)}")
        return done.stdout


def last_line(output: bytes) -> str:
    """The last line of a program's messages that says something; programs overwrite lines of progress by returns."""
    lines = [line.strip() for line in output.decode(errors="replace").replace("\r", "\n").splitlines()]
    return next((line[:200] for line in reversed(lines) if line), "it said nothing")


def parse_template(text: str, where: str, known: Sequence[str]) -> tuple[str, ...]:
    """The parts of a user's command line, with its placeholders checked.

    >>> parse_template("dec -q {kbps} {input} {output}", "--set c.decoder", ["kbps"])
    ('dec', '-q', '{kbps}', '{input}', '{output}')

    Raises:
        UsageError: it names `where`; the text is no command line, lacks {input} or {output}, or has other placeholders
            than those and `known`.
    """
    allowed = ("input", "output", *known)
    try:
        parts = shlex.split(text)
        named = [name for part in parts for _, name, _, _ in Formatter().parse(part) if name is not None]
    except ValueError as error:
        raise UsageError(f"{where}='{text}': no command line: {error}") from None
    missing = [name for name in ("input", "output") if name not in named]
    strange = [name for name in named if name not in allowed]
    if missing or strange or not parts:
        wrong = f"lacks {{{missing[0]}}}" if missing else f"has a placeholder {{{strange[0]}}}"
        places = ", ".join(f"{{{name}}}" for name in allowed)
        raise UsageError(f"{where}='{text}': it {wrong}; placeholders are {places}")
    return tuple(parts)
