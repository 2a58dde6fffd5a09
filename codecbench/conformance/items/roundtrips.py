"""Whether whatever is put in comes out: awkward lengths, extreme signals, other formats, damaged payloads."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from codecbench.api import Audio, OperatingPoint
from codecbench.audio_files import LOUDEST
from codecbench.conformance.bench import Bench
from codecbench.conformance.result import CheckResult, failed, passed, warned
from codecbench.run.workers.lengths import check_length

LONGEST_S, LONG_BUDGET_S = 30.0, 8.0
QUIET = 1e-2
"""RMS of what silence decodes to: -40 dB re full scale."""


def lengths(bench: Bench) -> Iterator[CheckResult]:
    """One sample to half a minute, around whole frames too."""
    rate, frame = bench.card.sample_rate, bench.card.frame_at(bench.low)
    longest = bench.affordable(LONGEST_S, LONG_BUDGET_S, 4.0)
    counts = {
        1,
        2,
        7,
        frame - 1,
        frame,
        frame + 1,
        3 * frame + 1,
        rate // 50,
        rate // 3,
        rate + 1,
        round(longest * rate),
    }
    tried = sorted(count for count in counts if count > 0)
    for count in tried:
        problem = _problem(bench, bench.excerpt(count / rate), bench.low)
        if problem:
            yield failed(
                "lengths", f"{count} samples at {bench.low}: {problem}",
                "pad what is too short in the encoder, and return as many samples as went in",
            )  # fmt: skip
            return
    until = f"to {longest:.0f} s" + ("" if longest == LONGEST_S else ", more would take too long")
    yield passed("lengths", f"{len(tried)} lengths from 1 sample {until} come out as long as they were")


def signals(bench: Bench) -> Iterator[CheckResult]:
    """Silence, full scale and beyond, DC, an impulse, noise."""
    rate = bench.card.sample_rate
    count, speech = rate, bench.excerpt(1.0).samples[0]
    loud = speech / max(1e-6, float(np.abs(speech).max()))
    tried = {
        "silence": np.zeros(count),
        "speech at -60 dB": 1e-3 * loud,
        "speech at twice full scale": 2.0 * loud,
        "speech clipped to a square wave": np.sign(loud),
        "DC": np.full(count, 0.5),
        "an impulse": np.eye(1, count)[0],
        "white noise at full scale": np.random.default_rng(0).uniform(-1, 1, count),
    }
    for name, samples in tried.items():
        problem = _problem(bench, bench.signal(samples), bench.low)
        if problem:
            yield failed(
                "signals", f"{name}: {problem}", "guard divisions by a level that may be 0, and clip logarithms"
            )
            return
    _, quiet = bench.through(bench.signal(np.zeros(count)), bench.low)
    rms = float(np.sqrt(np.mean(np.square(quiet.audio.samples)))) if quiet.audio else 0.0
    if rms > QUIET:
        yield warned(
            "signals", f"silence decodes to sound at {20 * np.log10(rms):.0f} dB re full scale",
            "listeners hear it in every pause: does the codec normalize the level of what it encodes?",
        )  # fmt: skip
    else:
        yield passed("signals", f"{', '.join(tried)}: finite samples of the same length")


def formats(bench: Bench) -> Iterator[CheckResult]:
    """A run gives audio at the card's rate and channels alone; who calls the codec otherwise should be told."""
    card, samples = bench.card, bench.excerpt(0.5).samples
    others = {
        f"{card.sample_rate // 2} Hz": Audio(samples[:, ::2], card.sample_rate // 2),
        f"{card.channels + 1} channels": Audio(np.vstack([samples, samples[:1]]), card.sample_rate),
    }
    taken = []
    for name, audio in others.items():
        made = bench.encode("formats", audio, bench.low)
        if made.kind == "process lost":
            yield failed(
                "other formats", f"audio of {name}: {made.error}", "raise ValueError for what is not the card's"
            )
            return
        if made.ok:
            taken.append(name)
    if taken:
        yield warned(
            "other formats", f"audio of {' and of '.join(taken)} is taken as if it was the card's",
            "begin encode with card.check_audio(audio), which raises ValueError",
        )  # fmt: skip
    else:
        yield passed("other formats", f"audio of {' and of '.join(others)} is refused")


def damaged(bench: Bench) -> Iterator[CheckResult]:
    """Cut, empty and random payloads: an error or audio, but never the end of the process."""
    whole = bench.encode("encoder", bench.excerpt(1.0), bench.low).payload or b""
    rng = np.random.default_rng(0)
    tried = {
        "an empty payload": b"",
        "half a payload": whole[: len(whole) // 2],
        "a payload with a byte more": whole + b"\0",
        **{f"random bytes {n}": rng.bytes(len(whole)) for n in range(4)},
    }
    others = set()
    for name, payload in tried.items():
        made = bench.decode("damaged", payload, bench.low)
        if made.kind == "process lost":
            yield failed(
                "damaged payloads", f"{name}: {made.error}", "check what is read from the payload before it is used"
            )
            return
        if not made.ok and made.kind != "PayloadError":
            others.add(f"{name}: {made.error}")
    if others:
        yield warned("damaged payloads", sorted(others)[0], "raise codecbench.api.PayloadError for what is no payload")
    else:
        yield passed("damaged payloads", f"{len(tried)} are refused by PayloadError, or decode")


def _problem(bench: Bench, audio: Audio, point: OperatingPoint) -> str | None:
    """What is wrong with what comes out of the way through encoder and decoder."""
    encoded, decoded = bench.through(audio, point)
    if not decoded.ok:
        return f"{'encode' if not encoded.ok else 'decode'} raised {decoded.error}"
    out, card = decoded.audio, bench.card
    assert out is not None
    if (out.sample_rate, out.channels) != (card.decoded_rate, card.channels):
        return (
            f"decode returned {out.channels} x {out.sample_rate} Hz, the card says {card.channels} x "
            f"{card.decoded_rate}"
        )
    if not np.isfinite(out.samples).all():
        return "decode returned NaN or infinite samples"
    if out.peak > LOUDEST:
        return f"decode returned samples up to {out.peak:.5g} times full scale: divide 16-bit counts by 32768"
    try:
        slack = card.decoded_length(card.frame_at(point) + card.lookahead_at(point))
        check_length(out, card.decoded_length(audio.length), slack, "decode")
    except ValueError as error:
        return str(error)
    return None
