"""Archives of speech, unpacked: files and folders alone, inside their folder, and no more bytes than can be meant."""

from __future__ import annotations

import hashlib
import re
import stat
import tarfile
import zipfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path, PurePosixPath
from typing import IO

from codecbench.errors import UsageError, one_line

MOST = 8
"""Bytes that come out of an archive, in its own: of FLAC one, of WAV one and a half, of texts up to four or five."""
LEAST_BOUND = 1 << 20
"""A small archive of texts may be packed better."""
CHUNK = 1 << 20


@dataclass(frozen=True)
class Unpacked:
    """A file that came out: its name below the folder, its size in bytes, its sha256."""

    name: str
    size: int
    sha256: str


@dataclass(frozen=True)
class _Member:
    name: str
    content: IO[bytes]


def unpack(archive: Path, folder: Path, members: str = "") -> list[Unpacked]:
    """Every file in `archive` whose name `members` matches, written below `folder`; empty matches all.

    Raises:
        UsageError: it cannot be read, it has anything but files and folders, a name that is there twice or leads out of
            the folder, or far more in it than an archive of its size has.
        OSError: the system refused to write.
    """
    left = max(LEAST_BOUND, MOST * archive.stat().st_size)
    wanted = re.compile(members or ".*", re.DOTALL)
    found: list[Unpacked] = []
    with _refusing(archive):
        for member in _members(archive):
            if not wanted.fullmatch(member.name):
                continue
            path = folder.joinpath(*_inside(member.name, archive).parts)
            one = _write(member, path, left, archive)
            left -= one.size
            found.append(one)
    return found


def _members(archive: Path) -> Iterator[_Member]:
    return _of_zip(archive) if zipfile.is_zipfile(archive) else _of_tar(archive)


def _of_tar(archive: Path) -> Iterator[_Member]:
    with tarfile.open(archive, "r|*") as tar:  # as a stream: nothing is read twice
        for member in tar:
            if member.isdir():
                continue
            content = tar.extractfile(member) if member.isreg() else None
            if content is None:
                raise UsageError(f"'{archive.name}' holds '{member.name}', which is no plain file: it is not unpacked")
            yield _Member(member.name, content)


def _of_zip(archive: Path) -> Iterator[_Member]:
    with zipfile.ZipFile(archive) as packed:
        for member in packed.infolist():
            if member.is_dir():
                continue
            kind = stat.S_IFMT(member.external_attr >> 16)
            if kind not in (0, stat.S_IFREG):
                raise UsageError(
                    f"'{archive.name}' holds '{member.filename}', which is no plain file: it is not unpacked"
                )
            with packed.open(member) as content:
                yield _Member(member.filename, content)


def _inside(name: str, archive: Path) -> PurePosixPath:
    path = PurePosixPath(name)
    if not path.parts or path.is_absolute() or ".." in path.parts or "\\" in name or ":" in name or "\0" in name:
        raise UsageError(f"'{archive.name}' holds '{name}', which leads out of its folder: it is not unpacked")
    return path


def _write(member: _Member, path: Path, most: int, archive: Path) -> Unpacked:
    digest, size = hashlib.sha256(), 0
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        with path.open("xb") as file:
            while chunk := member.content.read(CHUNK):
                size += len(chunk)
                if size > most:
                    raise UsageError(f"'{archive.name}' holds more than {MOST} times its own size: it is not unpacked")
                digest.update(chunk)
                file.write(chunk)
    except (FileExistsError, IsADirectoryError, NotADirectoryError) as error:
        raise UsageError(f"'{archive.name}' holds '{member.name}' twice: it is not unpacked") from error
    return Unpacked(PurePosixPath(member.name).as_posix(), size, digest.hexdigest())


@contextmanager
def _refusing(archive: Path) -> Iterator[None]:
    try:
        yield
    except (tarfile.TarError, zipfile.BadZipFile, EOFError, RuntimeError, NotImplementedError) as error:
        raise UsageError(f"'{archive.name}' cannot be unpacked: {one_line(error)}") from error
