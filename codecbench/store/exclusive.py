"""A run's folder, opened by whoever alone may write into it."""

from __future__ import annotations

import errno
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from filelock import FileLock, Timeout

from codecbench.errors import UsageError
from codecbench.store.meta import FILE
from codecbench.store.writing import Store

LOCK = "lock"
NO_LOCKS = (errno.ENOLCK, errno.ENOSYS, errno.EOPNOTSUPP)
"""NFS without its lock daemon, for one."""


@contextmanager
def writing(out: Path, note: Callable[[str], None]) -> Iterator[Store]:
    """The store in `out`, which nobody else may write to meanwhile. `note` is told where nothing can keep others out.

    Raises:
        UsageError: the folder cannot be written into, is somebody else's, or another codecbench writes into it.
    """
    folder = prepare_folder(out.absolute())
    lock = FileLock(folder / LOCK)
    try:
        lock.acquire(timeout=0)
    except Timeout as error:
        raise UsageError(
            f"another codecbench is writing into '{folder}'; wait for it, or choose another --out"
        ) from error
    except (OSError, NotImplementedError) as error:
        if isinstance(error, OSError) and error.errno not in NO_LOCKS:
            raise UsageError(f"--out '{folder}' cannot be written: {error.strerror}") from error
        note(f"the file system of '{folder}' has no locks: start no second codecbench that writes into it meanwhile")
    try:
        with Store(folder, create=True) as store:
            yield store
    finally:
        lock.release()


def prepare_folder(out: Path) -> Path:
    """The run's folder, made if need be. Never somebody else's."""
    if out.exists() and not out.is_dir():
        raise UsageError(f"--out '{out}' is a file; give a folder")
    if out.is_dir() and not (out / FILE).exists() and any(path.name != LOCK for path in out.iterdir()):
        raise UsageError(f"--out '{out}' is not empty and holds no run; choose another folder")
    try:
        out.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise UsageError(f"--out '{out}' cannot be made: {error.strerror}") from error
    return out
