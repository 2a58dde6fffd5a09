"""An archive is files and folders; whatever else it holds, nothing of it lands outside its folder."""

from __future__ import annotations

import hashlib
import io
import stat
import tarfile
import zipfile
from collections.abc import Callable
from pathlib import Path

import pytest

from codecbench.datasets.unpacking import LEAST_BOUND, unpack
from codecbench.errors import UsageError


def tar(path: Path, *members: tuple[str, bytes] | tarfile.TarInfo) -> Path:
    with tarfile.open(path, "w:gz") as archive:
        for member in members:
            if isinstance(member, tarfile.TarInfo):
                archive.addfile(member)
                continue
            info = tarfile.TarInfo(member[0])
            info.size = len(member[1])
            archive.addfile(info, io.BytesIO(member[1]))
    return path


def zipped(path: Path, *members: tuple[str | zipfile.ZipInfo, bytes]) -> Path:
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in members:
            archive.writestr(name, content)
    return path


def special(name: str, kind: bytes, target: str = "") -> tarfile.TarInfo:
    info = tarfile.TarInfo(name)
    info.type, info.linkname = kind, target
    return info


def zip_link(name: str) -> zipfile.ZipInfo:
    info = zipfile.ZipInfo(name)
    info.external_attr = (stat.S_IFLNK | 0o777) << 16
    return info


@pytest.mark.parametrize("pack", [tar, zipped])
def test_files_come_out_and_others_stay_in(tmp_path: Path, pack: Callable[..., Path]) -> None:
    archive = pack(tmp_path / "a", ("x/a.flac", b"one"), ("x/y/a_mic2.flac", b"two"), ("./b.txt", b""))
    (tmp_path / "out").mkdir()
    found = unpack(archive, tmp_path / "out", r"(?!.*_mic2\.flac$).*")
    assert [(one.name, one.size, one.sha256) for one in found] == [
        ("x/a.flac", 3, hashlib.sha256(b"one").hexdigest()), ("b.txt", 0, hashlib.sha256().hexdigest()),
    ]  # fmt: skip
    there = sorted(path.relative_to(tmp_path / "out").as_posix() for path in (tmp_path / "out").rglob("*.*"))
    assert there == ["b.txt", "x/a.flac"]


@pytest.mark.parametrize(
    ("make", "said"),
    [
        (lambda path: tar(path, ("../a", b"x")), "'../a', which leads out of its folder"),
        (lambda path: tar(path, ("x/../../a", b"x")), "leads out"),
        (lambda path: tar(path, ("/tmp/a", b"x")), "leads out"),
        (lambda path: zipped(path, ("..\\a", b"x")), "leads out"),
        (lambda path: zipped(path, ("C:a", b"x")), "leads out"),
        (lambda path: tar(path, special("a", tarfile.SYMTYPE, "/etc/passwd")), "'a', which is no plain file"),
        (lambda path: tar(path, ("b", b"x"), special("a", tarfile.LNKTYPE, "b")), "'a', which is no plain file"),
        (lambda path: tar(path, special("a", tarfile.FIFOTYPE)), "no plain file"),
        (lambda path: tar(path, special("a", tarfile.CHRTYPE)), "no plain file"),
        (lambda path: zipped(path, (zip_link("a"), b"/etc/passwd")), "'a', which is no plain file"),
        (lambda path: tar(path, ("a", b"x"), ("a", b"y")), "holds 'a' twice"),
        (lambda path: tar(path, ("a", b"x"), ("a/b", b"y")), "holds 'a/b' twice"),
        (lambda path: tar(path, ("a", bytes(LEAST_BOUND)), ("b", b"x")), "more than 8 times its own size"),
        (lambda path: zipped(path, ("a", bytes(LEAST_BOUND + 1))), "more than 8 times its own size"),
    ],
)
def test_what_else_is_there_is_refused(tmp_path: Path, make: Callable[[Path], Path], said: str) -> None:
    place = tmp_path / "deep" / "out"
    place.mkdir(parents=True)
    with pytest.raises(UsageError) as refused:
        unpack(make(tmp_path / "archive"), place)
    assert said in str(refused.value)
    assert {path.name for path in tmp_path.iterdir()} == {"archive", "deep"}
    assert [path.name for path in (tmp_path / "deep").iterdir()] == ["out"]
    assert all(path.resolve().is_relative_to(place) and not path.is_symlink() for path in place.rglob("*"))


@pytest.mark.parametrize("content", [b"", b"<html>not found</html>", b"\x1f\x8b\x08\x00rest"])
def test_what_is_no_archive_is_one_line(tmp_path: Path, content: bytes) -> None:
    (tmp_path / "a.tar.gz").write_bytes(content)
    with pytest.raises(UsageError, match=r"'a\.tar\.gz' cannot be unpacked: ") as refused:
        unpack(tmp_path / "a.tar.gz", tmp_path)
    assert "\n" not in str(refused.value)


def test_an_archive_that_breaks_off(tmp_path: Path) -> None:
    archive = tar(tmp_path / "a.tar.gz", ("a", bytes(range(256)) * 1000))
    archive.write_bytes(archive.read_bytes()[:-200])
    with pytest.raises(UsageError, match="cannot be unpacked"):
        unpack(archive, tmp_path / "out")
