"""Whisper in its short window against 30 s: what it hears of originals and of what codecs and noise leave of them.

`codecbench dev controls window` prints it. The rule in force (`window_frames` in `codecbench.recognizers.whisper`) was
chosen by this table.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from tabulate import tabulate

from codecbench.analysis.bootstrap import Estimate, estimate
from codecbench.api import Audio, Hypothesis, Utterance
from codecbench.audio import source_signal
from codecbench.controls.degradations import FILTERS, NOISES, coded
from codecbench.controls.hallucination.stimuli import spread
from codecbench.controls.kept_rows import add_row, read_rows
from codecbench.datasets import load_dataset
from codecbench.metrics.loops import cut_loops
from codecbench.metrics.recognition import count_edits
from codecbench.plugins import Registry
from codecbench.recognizers.normalizer import load_normalizer
from codecbench.recognizers.whisper import SHORT_UP_TO_S, Whisper

ORIGINAL = "original"
CODED = (
    ("opus", "6"), ("opus", "12"), ("ibpcodec", "6"), ("vocodec", "6"), ("ladiff", "6"), ("encodec", "6"), ("dac", "1"),
)  # fmt: skip
"""Classical codecs, and neural ones that keep words, that lose many, and that make the recognizer loop."""


@dataclass(frozen=True)
class WindowReading:
    """What was heard of one signal in one window, and the CPU seconds that it took."""

    utterance: str
    condition: str
    short: bool
    text: str
    cpu_s: float


@dataclass(frozen=True)
class WindowFigure:
    """One condition in both windows. Word error rates are without loops; `difference` is short minus long, in words per
    word, with its interval over speakers. `short_loops` and `long_loops` count signals in which it looped, `same` those
    that were transcribed alike, of `signals`.
    """

    condition: str
    signals: int
    short_wer: float
    long_wer: float
    difference: Estimate
    short_loops: int
    long_loops: int
    same: int
    cpu_ratio: float


@dataclass(frozen=True)
class WindowTable:
    dataset: str
    figures: tuple[WindowFigure, ...]

    def markdown(self) -> str:
        rows = [
            (
                one.condition, one.signals, f"{100 * one.short_wer:.1f}", f"{100 * one.long_wer:.1f}",
                f"{100 * one.difference.value:+.1f} {_interval(one.difference)}",
                f"{one.short_loops}, {one.long_loops}", f"{one.same} of {one.signals}", f"{one.cpu_ratio:.2f}",
            )
            for one in self.figures
        ]  # fmt: skip
        titles = ("condition", "signals", "WER 20 s, %", "WER 30 s, %", "difference, points", "loops 20 s, 30 s",
                  "same transcript", "CPU ratio")  # fmt: skip
        note = (
            f"Dataset `{self.dataset}`, utterances of at most {SHORT_UP_TO_S:g} s with a transcript. Loops are cut "
            "before words are counted. In brackets the 95 % interval over speakers; CPU ratio: seconds at 20 s / 30 s."
        )
        return f"{tabulate(rows, titles, 'github', disable_numparse=True)}\n\n{note}\n"


def measure_windows(dataset: str, limit: int | None, cache: Path, registry: Registry) -> WindowTable:
    """The table of `dataset`. Readings are kept in `cache` (JSON lines), and measuring goes on from it.

    Raises:
        UsageError: no such dataset.
        Unavailable: Whisper, or a codec, is not here.
    """
    speech = load_dataset(dataset, registry)
    utterances = [
        utterance
        for utterance in speech.utterances
        if utterance.transcript and utterance.extra.get("transcript_kind") != "reference-aligned"
    ]
    chosen = spread(utterances, limit)
    readings = list(_read(chosen, changes(), cache))
    normalize = load_normalizer()
    figures = [
        _figure(name, chosen, [one for one in readings if one.condition == name], normalize) for name in changes()
    ]
    return WindowTable(speech.id, tuple(figures))


def changes() -> dict[str, Callable[[Audio], Audio]]:
    """What is done to a signal, by the name of the condition."""
    noises = {name: NOISES[name] for name in ("noise 10 dB", "noise 0 dB")}
    filters = {"low-pass 1 kHz": FILTERS["low-pass 1 kHz"]}

    def through(spec: str, label: str) -> Callable[[Audio], Audio]:
        return lambda audio: coded(spec, label, audio)

    codecs = {f"{spec} {label}": through(spec, label) for spec, label in CODED}
    return {ORIGINAL: lambda audio: audio, **noises, **filters, **codecs}


def _read(
    utterances: Sequence[Utterance], changes: Mapping[str, Callable[[Audio], Audio]], cache: Path
) -> Iterator[WindowReading]:
    kept = read_rows(cache, lambda values: WindowReading(**values))
    known = {(one.utterance, one.condition, one.short): one for one in kept}
    ears: dict[bool, Whisper] = {}
    for utterance in utterances:
        for name, change in changes.items():
            keys = [(utterance.id, name, short) for short in (True, False)]
            if not all(key in known for key in keys):
                signal = change(source_signal(utterance.recording_path))
                for key in keys:
                    if key not in known:
                        short = key[2]
                        known[key] = _heard(ears.setdefault(short, Whisper(short_window=short)), key, signal)
                        add_row(cache, known[key])
            yield from (known[key] for key in keys)


def _heard(whisper: Whisper, key: tuple[str, str, bool], signal: Audio) -> WindowReading:
    before = time.process_time()
    text = whisper.transcribe(signal).text
    return WindowReading(*key, text, time.process_time() - before)


def _figure(
    condition: str, utterances: Sequence[Utterance], readings: Sequence[WindowReading], normalize: Callable[[str], str]
) -> WindowFigure:
    by = {(one.utterance, one.short): one for one in readings}
    speakers = [utterance.speaker or utterance.id for utterance in utterances]
    edits: dict[bool, list[int]] = {True: [], False: []}
    loops = {True: 0, False: 0}
    words = [len(normalize(utterance.transcript or "").split()) for utterance in utterances]
    for utterance in utterances:
        said = utterance.transcript or ""
        for short in (True, False):
            pair = cut_loops(said, Hypothesis(""), Hypothesis(by[utterance.id, short].text), normalize)
            edits[short].append(count_edits(normalize(said), normalize(pair.decoded.text)).total)
            loops[short] += pair.looped > 0
    changes = [float(a - b) for a, b in zip(edits[True], edits[False], strict=True)]
    return WindowFigure(
        condition, len(utterances), sum(edits[True]) / sum(words), sum(edits[False]) / sum(words),
        estimate(changes, [float(count) for count in words], speakers), loops[True], loops[False],
        sum(by[u.id, True].text == by[u.id, False].text for u in utterances),
        sum(one.cpu_s for one in readings if one.short) / sum(one.cpu_s for one in readings if not one.short),
    )  # fmt: skip


def _interval(one: Estimate) -> str:
    return "" if one.low is None or one.high is None else f"[{100 * one.low:+.1f}, {100 * one.high:+.1f}]"
