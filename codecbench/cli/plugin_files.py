"""Plugin files among `--codecs` and `--metrics`: what a researcher has before there is a package."""

from __future__ import annotations

from pathlib import Path


def plugin_files(codecs: str, metrics: str | None) -> tuple[str, str | None, tuple[Path, ...]]:
    """Both as names of what is registered, and the files that were given in place of some."""
    if ".py" not in f"{codecs},{metrics}":
        return codecs, metrics, ()
    from codecbench.plugins.given import split_files

    codecs, files = split_files(codecs, "codecs")
    if metrics is None:
        return codecs, None, files
    metrics, more = split_files(metrics, "metrics")
    return codecs, metrics, (*files, *more)
