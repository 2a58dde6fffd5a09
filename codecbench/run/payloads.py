"""`--payloads`: which given payload takes the place of what each planned codec would encode."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from functools import cache, partial
from pathlib import Path

from codecbench.api import CodecCard, OperatingPoint
from codecbench.bitrates import points_at
from codecbench.conditions import FULL_BAND, WIDE_BAND
from codecbench.errors import UsageError
from codecbench.payloads import PayloadListing
from codecbench.run import keys
from codecbench.run.planned import GivenPayload, PayloadPlace, PlannedCodec, PlannedPayloads, PlannedUtterance
from codecbench.run.request import Request


def refuse_with_payloads(request: Request) -> None:
    """Raises UsageError where `request` asks for what a run over given payloads does not have."""
    if request.payloads is None:
        return
    if request.condition not in (WIDE_BAND, FULL_BAND):
        raise UsageError(
            f"--payloads with --condition {request.condition}: nothing is degraded where nothing is encoded; allowed: "
            f"{WIDE_BAND}, {FULL_BAND}"
        )
    if request.ladder:
        raise UsageError("--payloads with --ladder: the ladder encodes; leave one of them out")


def plan_payloads(
    listing: PayloadListing, codecs: Sequence[PlannedCodec], utterances: Sequence[PlannedUtterance]
) -> tuple[PlannedPayloads, tuple[PlannedCodec, ...]]:
    """The payloads of `utterances`, hashed, and the codecs with those of their operating points that have any.

    Raises:
        UsageError: a payload could be of several points, a point has two of one utterance, or a codec has none at all.
    """
    files: dict[PayloadPlace, Path] = {}
    kept = []
    for codec in codecs:
        own = _files_of(codec, listing, [planned.utterance.id for planned in utterances])
        points = {place.point for place in own}
        if not points:
            raise UsageError(_no_payload(codec.card, listing))
        files |= own
        kept.append(replace(codec, points=tuple(point for point in codec.points if point.label in points)))
    hashes = {path: keys.file_sha256(path) for path in dict.fromkeys(files.values())}
    given = {place: GivenPayload(path, hashes[path]) for place, path in files.items()}
    return PlannedPayloads(given, Counter(place.spec for place in given)), tuple(kept)


def _files_of(codec: PlannedCodec, listing: PayloadListing, utterances: Iterable[str]) -> Mapping[PayloadPlace, Path]:
    found: dict[PayloadPlace, Path] = {}
    meant = cache(partial(_meant, codec))
    for name in utterances:
        for written, path in listing.files[name].items():
            for point in meant(written):
                place = PayloadPlace(codec.card.spec, point.label, name)
                if place in found:
                    raise UsageError(f"--payloads: utterance '{name}' has two payloads of {codec.card.spec} at {point}")
                found[place] = path
    return found


def _meant(codec: PlannedCodec, written: str) -> Sequence[OperatingPoint]:
    """The operating points of `codec`, of those that are planned, that a manifest's `point` means."""
    if not written:
        if len(codec.points) > 1:
            raise UsageError(
                f"--payloads: {codec.card.spec} has several operating points ({_points(codec.card)}); the manifest's "
                "column point says of which each payload is, or --bitrates where all are of one"
            )
        return codec.points
    try:
        return points_at(codec.points, written)
    except UsageError as error:
        raise UsageError(f"--payloads: point '{written}': expected kbps such as 6, or a point's name") from error


def _no_payload(card: CodecCard, listing: PayloadListing) -> str:
    written = dict.fromkeys(point or "(not said)" for files in listing.files.values() for point in files)
    return (
        f"--payloads: none is of an operating point of {card.spec} that this run has; it has {_points(card)}; the "
        f"manifest has {', '.join(written)}"
    )


def _points(card: CodecCard) -> str:
    return ", ".join(point.label for point in card.rising_points)
