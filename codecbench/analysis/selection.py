"""A part of a run: some of its codecs, some of its bitrates. What follows from it is of that part alone."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from codecbench.bitrates import Bitrates
from codecbench.errors import UsageError
from codecbench.store.ids import CodecId
from codecbench.store.rows import StoredResults


def select(results: StoredResults, codecs: Sequence[str] | None = None, bitrates: str | None = None) -> StoredResults:
    """The cells of `codecs` (a name, or `name:checkpoint`) near `bitrates` (nominal kbps); None leaves all.

    All codecs stay among `StoredResults.codecs`, for a codec's look depends on which others the run has.

    Raises:
        UsageError: the run has no such codec, or nothing is left.
    """
    if codecs is None and bitrates is None:
        return results
    wanted = {row.codec_id for row in results.codecs} if codecs is None else _wanted(results, codecs)
    asked = None if bitrates is None else Bitrates.parse(bitrates)
    rates = {row.place: row.nominal_kbps for row in results.codings}
    places = {
        place for place, kbps in rates.items()
        if place.codec_id in wanted and (asked is None or asked.take(place.point, kbps))
    }  # fmt: skip
    if not places and rates:
        raise UsageError(f"nothing is left: no codec that was asked for has a bitrate near {bitrates}" if bitrates
                         else f"nothing is left: {', '.join(codecs or ())} has no result in this run")  # fmt: skip
    return replace(
        results,
        codings=tuple(row for row in results.codings if row.place in places),
        scores=tuple(row for row in results.scores if row.place in places),
        costs=tuple(row for row in results.costs if row.codec_id in wanted),
        skips=tuple(row for row in results.skips if row.codec_id in wanted),
        ladder=tuple(row for row in results.ladder if row.codec_id is None or row.codec_id in wanted),
    )


def _wanted(results: StoredResults, names: Sequence[str]) -> set[CodecId]:
    ids = dict.fromkeys([row.codec_id for row in (*results.codecs, *results.skips)])
    known = {name for one in ids for name in (one.codec, one.spec)}
    for name in names:
        if name not in known:
            raise UsageError(f"--codecs: the run has no codec '{name}'; it has: {', '.join(sorted(known))}")
    return {one for one in ids if {one.codec, one.spec} & set(names)}
