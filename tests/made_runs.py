"""Results made in code, for tests of everything to the right of the store: no codec is run, figures are invented."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any
from urllib.parse import quote

import numpy as np
import soundfile

from codecbench.api import Codebook
from codecbench.store import SCHEMA, Store
from codecbench.store.current import CurrentCoding, CurrentRung, CurrentScore
from codecbench.store.facts import CodecFacts, MetricFacts
from codecbench.store.rows import CodecRow, CodingRow, CostRow, ScoreRow, SkipRow, StoredResults, UtteranceRow

TRAINING = "83 minutes of speech, 6,000 updates"
TEXT = "the quiet harbour kept its boats until morning when seven gulls came back over the frozen pond"

METRICS: Mapping[str, Mapping[str, Any]] = {
    "pesq_wb": {"version": "2", "unit": "MOS-LQO", "low": 1.0, "high": 4.65, "higher_is_better": True,
                "description": "ITU-T P.862.2"},
    "stoi": {"low": -1.0, "high": 1.0, "higher_is_better": True, "description": "short-time intelligibility"},
    "estoi": {"low": -1.0, "high": 1.0, "higher_is_better": True, "description": "extended STOI"},
    "si_sdr": {"unit": "dB", "higher_is_better": True, "description": "scale-invariant SDR"},
    "speaker_similarity": {"low": -1.0, "high": 1.0, "higher_is_better": True, "description": "cosine of embeddings"},
    "wer": {"low": 0.0, "higher_is_better": False, "pooling": "ratio", "description": "word error rate"},
    "cer": {"low": 0.0, "higher_is_better": False, "pooling": "ratio", "description": "character error rate"},
    "delay_ms": {"unit": "ms", "higher_is_better": None, "description": "what is left of the delay"},
}  # fmt: skip
SENSITIVITY = {"pesq_wb": (1.1, 3.5), "stoi": (0.6, 0.4), "estoi": (0.4, 0.59), "si_sdr": (-8.0, 30.0),
               "speaker_similarity": (0.3, 0.69)}  # fmt: skip


@dataclass(frozen=True)
class MadeCodec:
    """`quality` in [0, 1] at 6 kbps; a codebook of `bits` bits per kbps where set."""

    name: str
    points: Sequence[float]
    quality: float = 0.5
    checkpoint: str = "default"
    track: str = "none"
    card: Mapping[str, Any] = field(default_factory=dict)
    codebooks: bool = False
    fails: Mapping[str, str] = field(default_factory=dict)
    """Reason by utterance id: its coding fails."""


def metric_facts(name: str, **more: Any) -> MetricFacts:
    blank = {"id": name, "version": "1", "unit": "", "band": [0.0, 8000.0], "sample_rate": 16000, "pooling": "mean",
             "low": None, "high": None, "parameters": {}}  # fmt: skip
    return MetricFacts.from_json(more.get("id", name), blank | dict(METRICS[name]) | more)


def with_card(results: StoredResults, metric: str, **fields: Any) -> StoredResults:
    """The same run with other `fields` on the stored card of `metric`."""
    card = MetricFacts.from_json(metric, dict(results.metrics[metric].stored) | fields)
    return replace(results, metrics={**results.metrics, metric: card})


def made_results(
    codecs: Sequence[MadeCodec] = (MadeCodec("opus", (6, 12)),), utterances: int = 24, speakers: int = 8,
    metrics: Sequence[str] = tuple(METRICS), abstained: Mapping[tuple[str, str], str] | None = None,
    skips: Sequence[SkipRow] = (), seeds: Sequence[int] = (0,), meta: Mapping[str, Any] | None = None,
    draw: int = 7,
) -> StoredResults:  # fmt: skip
    """A whole run. `abstained` maps (metric, utterance) to the reason."""
    g = np.random.default_rng(draw)
    people = [_utterance(index, speakers, g) for index in range(utterances)]
    codings, scores, costs = [], [], []
    for codec in codecs:
        for kbps in codec.points:
            for person in people:
                for seed in seeds:
                    coding = _coding(codec, kbps, person, seed, g)
                    codings.append(coding)
                    scores += [_score(codec, coding, m, person, abstained or {}, g) for m in metrics]
        costs += [_cost(codec, kbps) for kbps in sorted({codec.points[0], codec.points[-1]})]
    return StoredResults(
        meta={
            "schema": SCHEMA, "run_id": "made", "created": "2024-05-01T10:00:00+00:00",
            "finished": "2024-05-01T10:04:10+00:00", "command": "codecbench run --codecs all", "codecbench": "0.1.0",
            "dataset": "probe", "dataset_synthetic": True, "dataset_warnings": [], "revision": "ab" * 32,
            "condition": "wb", "recognizer": {"id": "whisper-tiny.en", "version": "1", "parameters": {"beam": 5}},
            "machine": {"processor": "A Processor", "cores": 2, "memory_gib": 7.8, "system": "Linux x86_64"},
            "libraries": {"numpy": "2.3.0", "torch": "2.13.0"},
            "tally": {"computed": len(scores), "reused": 0, "failed": 0, "skipped": 0, "abstained": 0},
            "sample_utterances": [person.id for person in people[:: max(1, utterances // 3)]][:3],
        } | dict(meta or {}),
        metrics={name: metric_facts(name) for name in metrics},
        utterances=tuple(people),
        codecs=tuple(_codec(codec) for codec in codecs),
        codings=tuple(codings), scores=tuple(scores), costs=tuple(costs), skips=tuple(skips),
    )  # fmt: skip


def _utterance(index: int, speakers: int, g: np.random.Generator) -> UtteranceRow:
    text = " ".join(g.permutation(TEXT.split())[: g.integers(6, 12)])
    return UtteranceRow(
        f"utt-{index:02d}", f"{index:064x}", f"/nowhere/{index}.flac", text, f"v{index % speakers}" if speakers else "",
        "F", 2.0 + index % 3,
    )  # fmt: skip


def _codec(codec: MadeCodec) -> CodecRow:
    card = {"name": codec.name, "checkpoint": codec.checkpoint, "track": codec.track, "sample_rate": 16000,
            "licence": "MIT", "paper": "https://example.org/paper", "version": "1"}  # fmt: skip
    return CodecRow(
        codec.name, codec.checkpoint, f"codecbench_{codec.name}", CodecFacts.from_json(card | dict(codec.card)),
        "cd" * 32 if codec.track != "none" else None, "ef" * 32,
    )  # fmt: skip


def _coding(codec: MadeCodec, kbps: float, person: UtteranceRow, seed: int, g: np.random.Generator) -> CodingRow:
    place = (f"{codec.name}-{codec.checkpoint}-{kbps}-{person.id}-{seed}", codec.name, codec.checkpoint, f"{kbps:g}",
             float(kbps), person.id, seed)  # fmt: skip
    if person.id in codec.fails:
        return CodingRow(*place, "failed", codec.fails[person.id])
    seconds = person.seconds or 1.0
    books = max(1, round(kbps / 0.5)) if codec.codebooks else 0
    codes = np.minimum(g.exponential(200, size=(books, round(50 * seconds))), 1023).astype(np.uint32)
    size = round(kbps * 125 * seconds) + 1
    return CodingRow(
        *place, "ok", None, size, seconds, size - 40 if books else None,
        (Codebook(1024),) * books if books else None, tuple(codes) if books else None,
        "00" * 32, 0.0005, 0.0005, 0, 8 if books else 0,
    )  # fmt: skip


def _score(
    codec: MadeCodec, coding: CodingRow, metric: str, person: UtteranceRow, abstained: Mapping[tuple[str, str], str],
    g: np.random.Generator,
) -> ScoreRow:  # fmt: skip
    version = METRICS[metric].get("version", "1")
    place = (codec.name, codec.checkpoint, coding.point, coding.nominal_kbps, person.id, coding.seed, metric, version)
    if coding.status != "ok":
        return ScoreRow(*place, coding.status, coding.reason)
    if (metric, person.id) in abstained:
        return ScoreRow(*place, "abstained", abstained[metric, person.id])
    quality = np.clip(codec.quality + 0.22 * np.log2(coding.nominal_kbps / 6) + g.normal(0, 0.03), 0.0, 1.0)
    if metric in SENSITIVITY:
        start, span = SENSITIVITY[metric]
        return ScoreRow(*place, "ok", None, float(start + span * quality), 1.0)
    if metric == "delay_ms":
        return ScoreRow(*place, "ok", None, float(g.normal(0, 0.02)), 1.0)
    words = (person.transcript or "").split()
    kept = [word if g.random() < 0.7 + 0.3 * quality else "murmur" for word in words]
    wrong = sum(a != b for a, b in zip(words, kept, strict=True))
    detail = {"hypothesis": " ".join(kept), "reference_hypothesis": " ".join(words), "substitutions": wrong,
              "deletions": 0, "insertions": 0, "hits": len(words) - wrong,
              "floor_edits": int(person.id.endswith("3"))}  # fmt: skip
    return ScoreRow(*place, "ok", None, float(wrong), float(len(words)), detail)


def _cost(codec: MadeCodec, kbps: float) -> CostRow:
    speed = 0.002 + 0.03 * codec.quality
    figures = {"rtf_encode": speed, "rtf_decode": speed / 2}
    ends = {f"{name}_{end}": factor * value for name, value in figures.items()
            for end, factor in (("low", 0.95), ("high", 1.05))}  # fmt: skip
    return CostRow(codec.name, codec.checkpoint, f"{kbps:g}", "quick", "ok", None, figures | ends)


def store_results(results: StoredResults, folder: Path) -> Path:
    """The same rows as a run's folder."""
    folder.mkdir(parents=True, exist_ok=True)
    with Store(folder, create=True) as store:
        store.set_meta(**results.meta)
        store.put_metrics(results.metrics.values())
        store.put_codecs(results.codecs)
        for position, person in enumerate(results.utterances):
            store.put_utterance(person, position)
        for row in results.codings:
            store.put_coding(row.key, row.status, row.reason, payload=bytes(row.payload_bytes or 0) or None,
                             seconds=row.seconds, entropy_bytes=row.entropy_bytes, codebooks=row.codebooks,
                             codes=row.codes)  # fmt: skip
            if row.status == "ok":
                store.put_decoding(row.key, "00" * 32, row.delay_s, row.missing or 0, row.surplus or 0)
        store.set_current_codings(
            CurrentCoding(r.cell, r.nominal_kbps, r.key, r.applied_delay_s) for r in results.codings
        )
        for index, score in enumerate(results.scores):
            store.put_score(str(index), score.version, score.status, score.reason, score.numerator, score.denominator,
                            score.detail)  # fmt: skip
        store.set_current_scores(CurrentScore(s.cell, s.metric, str(index)) for index, s in enumerate(results.scores))
        for index, rung in enumerate(results.ladder):
            store.put_ladder(str(index), rung.version, rung.status, rung.reason, rung.numerator, rung.denominator)
        store.set_current_ladder(
            CurrentRung(r.codec_id, r.rung, r.utterance, r.metric, str(index)) for index, r in enumerate(results.ladder)
        )
        for cost in results.costs:
            store.put_cost(cost, "key")
        store.replace_skips(results.skips)
    return folder


def write_audio(results: StoredResults, folder: Path, seconds: float = 0.5, clips: Sequence[Path] = ()) -> None:
    """The listening copies that a run keeps: `clips` (their first `seconds`), or a tone."""
    for index, name in enumerate(results.meta["sample_utterances"]):
        file = f"{quote(name, safe='')}.flac"
        signal = 0.2 * np.sin(np.arange(round(16000 * seconds)) * 0.05)
        if clips:
            signal, rate = soundfile.read(clips[index % len(clips)])
            signal = signal[: round(rate * seconds)]
        else:
            rate = 16000
        places = {("original",)} | {r.place for r in results.codings if r.status == "ok"}
        for place in places:
            path = folder.joinpath("audio", *place, file)
            path.parent.mkdir(parents=True, exist_ok=True)
            soundfile.write(path, signal, rate, format="FLAC", subtype="PCM_16")


def realistic(utterances: int = 24) -> StoredResults:
    """Six codecs, four to six points, failures, abstentions and skips."""
    whole = {"whole_utterance": True, "parameters": 150_650_000, "encoder_macs_per_s": 1.49e9,
             "quantizer_macs_per_s": 3e7, "decoder_macs_per_s": 3.5e12}  # fmt: skip
    return made_results(
        [
            MadeCodec("pcm", (96, 128, 192, 256), 0.15, card={"latency_ms": 0.0625}),
            MadeCodec("opus", (6, 8, 12, 16, 24, 32), 0.32, card={"latency_ms": 26.5, "licence": "BSD-3-Clause"}),
            MadeCodec("codec2", (0.7, 1.2, 1.6, 2.4, 3.2), 0.3, card={"latency_ms": 40.0, "licence": "LGPL-2.1"},
                      fails={"utt-05": "encode: the process died (signal 11)"}),
            MadeCodec("encodec", (1.5, 3, 6, 12, 24), 0.55, "reference", "reference", codebooks=True,
                      card={"training": TRAINING, "latency_ms": 20.0, "parameters": 14_851_810,
                            "encoder_macs_per_s": 1.49e9,
                            "quantizer_macs_per_s": 7.8e7, "decoder_macs_per_s": 1.49e9}),
            MadeCodec("dac", (0.5, 1, 2, 4, 6), 0.68, "reference", "reference", codebooks=True,
                      card={"training": TRAINING, "latency_ms": 366.2, "parameters": 74_175_906,
                            "encoder_macs_per_s": 12.28e9,
                            "quantizer_macs_per_s": 1e7, "decoder_macs_per_s": 27.8e9}),
            MadeCodec("ladiff", (1.5, 3), 0.6, "default", "untrained", card=whole, codebooks=True,
                      fails={f"utt-{i:02d}": "decode: no answer within 120 s, stopped" for i in range(3)}),
        ],
        utterances=utterances,
        abstained={("pesq_wb", "utt-07"): "PESQ found no active speech"},
        skips=[SkipRow("vocodec", "published", None, "weights are not here; codecbench weights pull vocodec")],
    )  # fmt: skip
