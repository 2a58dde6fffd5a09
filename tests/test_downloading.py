from __future__ import annotations

import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from serving import Served, serving

from codecbench.downloading import download
from codecbench.errors import UsageError

CONTENT = bytes(range(256)) * 5000


@pytest.fixture
def served() -> Iterator[Served]:
    with serving() as found:
        found.files["/a.bin"] = CONTENT
        yield found


@pytest.mark.parametrize("ranges", [True, False])
def test_what_broke_off_is_gone_on_with(served: Served, tmp_path: Path, ranges: bool) -> None:
    served.ranges, served.cut = ranges, {"/a.bin": 400_000}
    path, seen = tmp_path / "a", list[tuple[int, int]]()
    with pytest.raises(OSError, match="IncompleteRead"):
        download(f"{served.address}/a.bin", path, size=len(CONTENT))
    part = path.read_bytes()
    assert part == CONTENT[:400_000][: len(part)]
    assert len(part) > 0
    served.cut = {}
    download(f"{served.address}/a.bin", path, lambda done, total: seen.append((done, total)), len(CONTENT))
    assert path.read_bytes() == CONTENT
    assert served.asked == ["", f"bytes={len(part)}-"]
    assert seen[-1] == (len(CONTENT), len(CONTENT))
    assert (seen[0][0] > len(part)) == ranges
    download(f"{served.address}/a.bin", path, size=len(CONTENT))
    assert len(served.asked) == 2


def test_no_more_is_written_than_it_should_have(served: Served, tmp_path: Path) -> None:
    with pytest.raises(OSError, match="more than the 1000 bytes"):
        download(f"{served.address}/a.bin", tmp_path / "a", size=1000)
    (tmp_path / "a").write_bytes(CONTENT + b"more")
    download(f"{served.address}/a.bin", tmp_path / "a", size=len(CONTENT))
    assert (tmp_path / "a").read_bytes() == CONTENT


def test_without_pooch_it_is_one_line(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "pooch", None)
    with pytest.raises(UsageError, match="fetching needs pooch: pip install pooch"):
        download("http://127.0.0.1/a", tmp_path / "a")
