"""One file over HTTP, by pooch: bounded, and where a part of it is here already, the rest alone."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any, BinaryIO, TypeAlias

from codecbench.errors import UsageError

ProgressCallback: TypeAlias = Callable[[int, int], None]
"""Called with (bytes so far, bytes in all; 0 where the server does not say), of each file."""
CHUNK = 1 << 16
"""Bytes: what of one is here when a transfer breaks off is not kept."""
TIMEOUT_S = 60
"""Without a byte."""
PARTIAL_CONTENT = 206


def download(url: str, path: Path, progress: ProgressCallback | None = None, size: int | None = None) -> None:
    """Write what is at `url` to `path`; what is at `path` already is taken for its beginning.

    `size` in bytes, where it is known, bounds what is written.

    Raises:
        OSError: the network or the system refused, or more came than `size`; what came stays at `path`.
        UsageError: pooch is not installed.
    """
    try:
        from pooch import HTTPDownloader
    except ImportError as error:
        raise UsageError(f"{url}: fetching needs pooch: pip install pooch") from error
    start = path.stat().st_size if path.exists() else 0
    if start == size:
        return
    if size is not None and start > size:
        path.unlink()
        start = 0
    with path.open("ab") as file:
        sink = _Sink(file, start, size, progress)
        # Not decoded: a .tar.gz that a server calls compressed text would come unpacked.
        headers = {"Accept-Encoding": "identity", **({"Range": f"bytes={start}-"} if start else {})}
        fetch: Any = HTTPDownloader(
            progressbar=sink, chunk_size=CHUNK, timeout=TIMEOUT_S, headers=headers, hooks={"response": sink.answered}
        )
        fetch(url, sink, None)


class _Sink:
    """The file that pooch writes to, and the progress bar that it talks to."""

    def __init__(self, file: BinaryIO, start: int, size: int | None, progress: ProgressCallback | None) -> None:
        self.file, self.done, self.size, self.progress = file, start, size, progress
        self.total = 0  # pooch sets it to the length of what it is being sent

    def answered(self, response: Any, *_: Any, **__: Any) -> None:
        """The server has been asked for the rest: one that sends all of it starts again."""
        if self.done and response.ok and response.status_code != PARTIAL_CONTENT:
            self.file.truncate(0)
            self.done = 0

    def write(self, chunk: bytes) -> int:
        if self.size is not None and self.done + len(chunk) > self.size:
            raise OSError(f"more than the {self.size} bytes that it should have are sent")
        self.done += self.file.write(chunk)
        if self.progress is not None:
            self.progress(self.done, self.size or self.total)
        return len(chunk)

    def flush(self) -> None:
        self.file.flush()

    def update(self, count: int) -> None:
        """pooch counts whole chunks; `write` counts bytes."""

    def reset(self) -> None:
        pass

    def close(self) -> None:
        pass
