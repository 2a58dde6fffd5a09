"""Whether bytes and samples follow from the input, the point and the seed alone."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from codecbench.conformance.bench import Bench
from codecbench.conformance.result import CheckResult, failed, passed, skipped, warned
from codecbench.conformance.worker import CodecCall, Made

SECONDS = 1.5
BYTES = "encode must depend on the audio and the seed alone: call .eval(), seed every generator, reset caches"
SAMPLES = "decode must depend on the payload and the seed alone: reset caches, seed every generator"


def encoder(bench: Bench) -> Iterator[CheckResult]:
    """The same audio twice in one process, after other audio, and in another process."""
    first, other = (CodecCall("encode", bench.high.label, audio=bench.excerpt(SECONDS, start)) for start in (0.0, 6.0))
    made = bench.run("encoder", [first, first, other, first]).made
    alone = bench.run("another encoder", [first]).made[0]
    yield _compared("encoder", made, alone, BYTES)


def decoder(bench: Bench) -> Iterator[CheckResult]:
    """Likewise of payloads; the other process has never seen the audio."""
    payloads = [
        bench.encode("encoder", bench.excerpt(SECONDS, start), bench.high).payload or b"" for start in (0.0, 6.0)
    ]
    first, other = (CodecCall("decode", bench.high.label, payload=payload) for payload in payloads)
    made = bench.run("decoder", [first, first, other, first]).made
    alone = bench.run("another decoder", [first])
    yield _compared("decoder", made, alone.made[0], SAMPLES)
    yield _bytes_alone(bench, payloads[0], made[0])


def _compared(name: str, made: tuple[Made, ...], alone: Made, advice: str) -> CheckResult:
    what = "bytes" if name == "encoder" else "samples"
    broken = next((one for one in (*made, alone) if not one.ok), None)
    if broken is not None:
        return failed(name, broken.error, "see the items before")
    if not _same(made[0], made[1]):
        return failed(name, f"the same input a second time gives other {what}", advice)
    if not _same(made[0], made[3]):
        return failed(name, f"the same input after another one gives other {what}: something is left of that", advice)
    if not _same(made[0], alone):
        return failed(name, f"the same input in another process gives other {what}", advice)
    return passed(name, f"the same {what} again, after other input, and in another process")


def _bytes_alone(bench: Bench, payload: bytes, decoded: Made) -> CheckResult:
    """Encoded and decoded in one process, as its author would: to what the bytes alone give."""
    name = "bytes alone"
    if not _same(*bench.run("decoder", [CodecCall("decode", bench.high.label, payload=payload)] * 2).made):
        return skipped(name, "the decoder is not deterministic")
    together = bench.run(
        "both", [CodecCall("encode", bench.high.label, audio=bench.excerpt(SECONDS)),
                 CodecCall("decode", bench.high.label, payload=payload)],
    )  # fmt: skip
    process = bench.run("decoder", []).process
    if process.opened:
        return failed(
            name, f"decode reads '{process.opened[0]}', which was written since the check began",
            "what the decoder needs belongs into the payload, or no receiver can decode it",
        )  # fmt: skip
    if process.connected:
        return failed(
            name, f"decode connects to {process.connected[0]}", "what the decoder needs belongs into the payload"
        )
    if not together.made[1].ok or not _same(together.made[1], decoded):
        return failed(
            name, "a decoder that has never seen the audio gives other samples than one in the encoder's process",
            "pass nothing but bytes from encode to decode",
        )  # fmt: skip
    return passed(name, "a decoder in a fresh process gives what one in the encoder's process does")


def seed(bench: Bench) -> Iterator[CheckResult]:
    """Of a stochastic decoder another seed gives other samples, and of any other codec the same."""
    payload = bench.encode("encoder", bench.excerpt(SECONDS), bench.high).payload or b""
    zero, again = bench.run("decoder", [CodecCall("decode", bench.high.label, payload=payload)] * 2).made
    if not _same(zero, again):
        yield skipped("seed", "the decoder is not deterministic under one seed")
        return
    one = bench.decode("another seed", payload, bench.high, seed=1)
    same = _same(zero, one)
    if bench.card.stochastic and same:
        yield warned("seed", "another seed gives the same samples", "draw from options.seed, or leave stochastic out")
    elif not bench.card.stochastic and not same:
        yield failed("seed", "another seed gives other samples", "say so on the card: stochastic=True")
    else:
        yield passed("seed", "another seed gives other samples" if bench.card.stochastic else "it changes nothing")


def threads(bench: Bench) -> Iterator[CheckResult]:
    """With two threads sums are made in another order; what comes of it must not be other codes."""
    audio = bench.excerpt(SECONDS)
    one, again = bench.run("threads", [CodecCall("encode", bench.high.label, audio=audio)] * 2, threads=1).made
    if not _same(one, again):
        yield skipped("threads", "the encoder is not deterministic")
        return
    two = bench.encode("threads", audio, bench.high, threads=2)
    if two.ok and again.payload != two.payload:
        yield warned(
            "threads", "with two threads it encodes to other bytes",
            "rounding decides codes: runs have one thread, and who reports figures of more should say so",
        )  # fmt: skip
    else:
        yield passed("threads", "the same bytes with two threads")


def _same(one: Made, other: Made) -> bool:
    if one.payload is not None or other.payload is not None:
        return one.payload == other.payload
    if one.audio is None or other.audio is None:
        return False
    return np.array_equal(one.audio.samples, other.audio.samples)
