"""From what a reader types to a View: labels, a style file, published figures, checked against the run."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path

from codecbench.analysis.looks import Wishes, load_wishes
from codecbench.analysis.view import Marking, Notes, View
from codecbench.errors import UsageError
from codecbench.published import PublishedFigure
from codecbench.store.ids import CodecId
from codecbench.store.rows import StoredResults


def make_view(
    results: StoredResults, labels: Mapping[str, str], style: Path | None = None,
    published: Sequence[PublishedFigure] = (), primary: Sequence[str] | None = None, mark: Marking = "shown",
    notes: Notes = "full",
) -> View:  # fmt: skip
    """How `results` are to be shown: `labels` by codec or `codec:checkpoint`, `style` a `codecs.toml`.

    Raises:
        UsageError: a file cannot be read, or a label or the whole file names no codec that is shown.
    """
    ids = [row.codec_id for row in results.codecs]
    known = {name for one in ids for name in (one.codec, one.spec)} | {one.codec for one in published}
    wishes = Wishes() if style is None else load_wishes(style)
    if wishes.of and not known & set(wishes.of):
        raise UsageError(f"--style '{style}' names no codec of the run; it has: {_listed(ids)}")
    for name in labels:
        if name not in known:
            raise UsageError(f"--label {name}: the run has no such codec; it has: {_listed(ids)}")
    where = " and ".join(filter(None, [wishes.where, "--label" if labels else ""]))
    asked = Wishes(wishes.with_labels(labels).of, where)
    return View(asked, None if primary is None else tuple(primary), tuple(published), mark, notes)


def _listed(ids: Iterable[CodecId]) -> str:
    return ", ".join(one.spec for one in ids)
