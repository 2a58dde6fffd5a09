"""The identity of every result. A key holds all that can change the figure, and nothing that cannot.

Machine, threads and library versions are recorded, not keyed: the same question must find its answer again.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

from codecbench.api import MetricCard, OperatingPoint, RecognizerCard, Utterance
from codecbench.api.dataset import ENGLISH
from codecbench.digests import digest as digest
from codecbench.store import revision as revisions
from codecbench.weights import model_hashes, sha256_of

VERSION = 3
"""Bumped when the harness itself (alignment, resampling, packing) starts to give other figures."""


def codec_identity(
    spec: str, version: str, weights_sha256: str | None, source_sha256: str, device: str
) -> tuple[str, str, str | None, str, str]:
    return (spec, version, weights_sha256, source_sha256, device.partition(":")[0])


def coding_key(codec: Iterable[Any], point: OperatingPoint, seed: int, utterance: str, utterance_sha256: str) -> str:
    """Two utterances of one recording are two cells: each has its own key."""
    return digest(VERSION, "coding", list(codec), point.label, dict(point.settings), seed, utterance, utterance_sha256)


def compared_key(codec: Iterable[Any], point: OperatingPoint) -> str:
    """Evidence that decoding on another instance gave the same samples."""
    return digest(VERSION, "compared", list(codec), point.label, dict(point.settings))


def encoded_again_key(codec: Iterable[Any], point: OperatingPoint) -> str:
    """Evidence that encoding in another process gave the same bytes."""
    return digest(VERSION, "encoded again", list(codec), point.label, dict(point.settings))


def delay_key(coding: str) -> str:
    """Evidence that the delay of a coding was looked for, whatever was found."""
    return digest(VERSION, "delay", coding)


def cost_key(
    codec: Iterable[Any], kind: str, stated: Mapping[str, Any], point: OperatingPoint, mode: str, machine: str
) -> str:
    """RTF is a figure of a machine: on another one it is measured again.

    `stated` are the card's own figures of this kind: measured anew, they replace those of an older run.
    """
    return digest(VERSION, "cost", kind, list(codec), dict(stated), point.label, dict(point.settings), mode, machine)


def recognizer_key(card: RecognizerCard, source_sha256: str = "") -> str:
    """`source_sha256` as in `metric_key`. Raises Unavailable where the model is not installed."""
    return digest(card.id, card.version, dict(card.parameters), model_hashes(card), *_source(source_sha256))


def metric_key(card: MetricCard, recognizer: str | None, source_sha256: str = "") -> str:
    """`source_sha256` is that of another distribution's metric, whose author edits it without raising the version.

    codecbench's own raise theirs (a test holds their figures): an update that changes no figure computes nothing anew.
    """
    heard = recognizer if card.uses_recognizer else None
    times = (f"{card.repetitions} times",) if card.repetitions > 1 else ()
    return digest(card.id, card.version, dict(card.parameters), heard, *_source(source_sha256), *times)


def _source(sha256: str) -> tuple[str, ...]:
    return (sha256,) if sha256 else ()


def score_key(coding: str, metric: str, card: MetricCard, utterance: Utterance, applied_delay_s: float) -> str:
    """The transcript is part of it only where the metric looks at the words, the language where it is not English."""
    words = [utterance.transcript, utterance.extra.get("transcript_kind")] if card.uses_recognizer else None
    if card.columns:
        words = [*(words or ()), *(utterance.extra.get(column) for column in card.columns)]
    if utterance.language != ENGLISH and (card.uses_recognizer or card.languages):
        words = [*(words or ()), utterance.language]
    return digest(VERSION, "score", coding, metric, words, round(applied_delay_s * 1e9))


def ladder_key(
    codec: Iterable[Any], rung: str, seed: int, utterance: str, utterance_sha256: str, metric: str,
    applied_delay_s: float,
) -> str:  # fmt: skip
    """A rung has no operating point; `codec` is empty for the originals."""
    what = [list(codec), rung, seed, utterance, utterance_sha256]
    return digest(VERSION, "ladder", what, metric, round(applied_delay_s * 1e9))


def rung_key(codec: Iterable[Any], rung: str, seed: int, utterance: str, utterance_sha256: str) -> str:
    """A rung of the loss ladder, whatever it is scored by: which shard scores it."""
    return digest(VERSION, "rung", list(codec), rung, seed, utterance, utterance_sha256)


def reference_key(utterance_sha256: str, what: str) -> str:
    """Evidence about an original: its hypothesis (`what` is the recognizer's key), its embedding (the metric's)."""
    return digest(VERSION, "reference", utterance_sha256, what)


def decoded_key(decoded_sha256: str, utterance_sha256: str, applied_delay_s: float, what: str) -> str:
    """Evidence about a decoded signal, by its samples: points that decode an utterance alike share it."""
    return digest(VERSION, "decoded", decoded_sha256, utterance_sha256, round(applied_delay_s * 1e9), what)


def revision(utterances: Iterable[tuple[Utterance, str]]) -> str:
    """That of a run over these utterances, each with its audio's sha256: see `codecbench.store.revision`."""
    return revisions.revision(
        revisions.asked(u.id, sha256, u.transcript, u.speaker, u.language) for u, sha256 in utterances
    )


def utterance_sha256(utterance: Utterance) -> str | None:
    """That of its audio, or of the enrolment that stands for it; with a reference, over both. None as `file_sha256`."""
    audio = utterance.path or utterance.enrolment
    given = None if audio is None else file_sha256(audio)
    if utterance.reference is None or given is None:
        return given
    reference = file_sha256(utterance.reference)
    return None if reference is None else digest("with its reference", given, reference)


def file_sha256(path: Path) -> str | None:
    """None where the file cannot be read: such an utterance fails, its place in the revision stays."""
    try:
        return sha256_of(path)
    except (OSError, ValueError):  # a NUL in a path is a ValueError
        return None
