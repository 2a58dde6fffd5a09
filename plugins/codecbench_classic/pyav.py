"""Codecs of FFmpeg, through PyAV: raw packets of its encoders, without a container.

The signal is followed by zeros until the last sample has left the encoder and decoder, whose delay is cut from the
decoder's output: it lies on the input's time line and no tail is lost, at the cost of at most a frame.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from fractions import Fraction
from typing import Any, Literal

import numpy as np
from numpy.typing import NDArray

from codecbench.api import Audio, Codec, CodecCard, CodecOptions, OperatingPoint, PayloadError, Unavailable
from codecbench_classic.samples import mono_samples, padded_frames, quantize
from codecbench_classic.units import Units, unit_bits


@dataclass(frozen=True)
class PyAv:
    """An encoder and a decoder by FFmpeg's names. `delay` in samples, of both together, is cut from the output.

    `packets`: "units" are equal and decoded one by one; "samples" are equal, of some samples, and decoded all at once;
    of a "stream" the decoder finds the packets' ends by itself.

    An operating point's settings may have `bit_rate` (bit/s, where the encoder's is not the nominal one), `prefix`
    (hex: constant bytes before each unit), `encoder` and `decoder` (further options).
    """

    encoder: str
    decoder: str
    sample_format: str
    delay: int = 0
    packets: Literal["units", "samples", "stream"] = "units"
    encoder_options: Mapping[str, str] = field(default_factory=dict)
    decoder_options: Mapping[str, str] = field(default_factory=dict)
    extradata: bytes = b""
    """What the decoder is told once: constant, not in the payload."""
    lossy_units: bool = False

    @property
    def settings(self) -> dict[str, Any]:
        return {}

    @property
    def means(self) -> str:
        return f"PyAV: {self.encoder}"

    def build(self, card: CodecCard, options: CodecOptions) -> Codec:
        del options
        load_av(card.spec)
        if self.encoder == "libopus":
            from codecbench_classic.opus_packets import OpusCodec

            return OpusCodec(card, self)
        if self.encoder == "libopencore_amrnb":
            from codecbench_classic.amr_packets import AmrCodec

            return AmrCodec(card, self)
        return PyAvCodec(card, self)


@dataclass(frozen=True)
class PyAvCodec:
    card: CodecCard
    call: PyAv

    def encode(self, audio: Audio, point: OperatingPoint) -> bytes:
        padded = padded_frames(mono_samples(audio, self.card), self.card.frame_at(point), self.call.delay)
        count, packets = len(padded), self._packets(padded.reshape(-1), point)
        if self.call.packets == "stream":
            return b"".join(packets[:count])
        units, whole = self._units(point), b"".join(packets)
        if len(whole) < count * units.size:
            raise RuntimeError(
                f"{self._at(point)}: the encoder returned {len(whole)} bytes, expected {count} units of {units.size}"
            )
        return units.pack(whole[: count * units.size], self._at(point))

    def decode(self, payload: bytes, point: OperatingPoint) -> Audio:
        if self.call.packets == "stream":
            packets, expected = [payload], None
        else:
            packets = self._units(point).unpack(payload, self._at(point))
            expected = len(packets) * self.card.frame_at(point)
        whole = packets if self.call.packets == "units" else [b"".join(packets)]
        samples = decode_packets(self._decoder(point), whole, self._at(point), self.card.sample_rate)
        if expected not in (None, len(samples)):
            raise PayloadError(f"{self._at(point)}: {len(samples)} samples were decoded, expected {expected}")
        if len(samples) <= self.call.delay:
            raise PayloadError(f"{self._at(point)}: {len(payload)} bytes hold no sample")
        return Audio.mono(samples[self.call.delay :], self.card.sample_rate)

    def _at(self, point: OperatingPoint) -> str:
        return f"{self.card.name} at {point}"

    def _units(self, point: OperatingPoint) -> Units:
        prefix = bytes.fromhex(point.settings.get("prefix", ""))
        return Units(unit_bits(self.card, point), prefix, lossy=self.call.lossy_units)

    def _packets(self, samples: NDArray[np.float32], point: OperatingPoint) -> list[bytes]:
        av = load_av(self.card.spec)
        rate, layout = self.card.sample_rate, "mono"
        context = av.CodecContext.create(self.call.encoder, "w")
        context.sample_rate, context.layout, context.format = rate, layout, self.call.sample_format
        context.time_base, context.bit_rate = Fraction(1, rate), bit_rate(point)
        context.options = {**self.call.encoder_options, **point.settings.get("encoder", {})}
        context.open()
        if unknown := ", ".join(context.options):  # FFmpeg leaves what it does not know
            raise Unavailable(f"{self.card.spec}: this PyAV's {self.call.encoder} has no option {unknown}; upgrade av")
        integers = self.call.sample_format.startswith("s16")
        values = quantize(samples, 16).astype(np.int16) if integers else samples
        step = context.frame_size or len(values)
        packets = []
        for start in range(0, len(values), step):
            block = np.ascontiguousarray(values[None, start : start + step])
            frame = av.AudioFrame.from_ndarray(block, format=self.call.sample_format, layout=layout)
            frame.sample_rate, frame.pts, frame.time_base = rate, start, Fraction(1, rate)
            packets += [bytes(packet) for packet in context.encode(frame)]
        return packets + [bytes(packet) for packet in context.encode(None)]

    def _decoder(self, point: OperatingPoint) -> Any:
        context = load_av(self.card.spec).CodecContext.create(self.call.decoder, "r")
        context.sample_rate, context.layout = self.card.sample_rate, "mono"
        if self.call.extradata:
            context.extradata = self.call.extradata
        context.options = {**self.call.decoder_options, **point.settings.get("decoder", {})}
        return context


class PacketCodec(PyAvCodec):
    """Sent in packets, one a unit. A subclass has `decode_packets`: see `codecbench.api.HasPackets`."""

    def packet_samples(self, point: OperatingPoint) -> int:
        """See `codecbench.api.HasPackets`."""
        return self.card.frame_at(point)

    def packets(self, payload: bytes, point: OperatingPoint) -> list[bytes]:
        """See `codecbench.api.HasPackets`."""
        return self._units(point).unpack(payload, self._at(point))


def bit_rate(point: OperatingPoint) -> int:
    """bit/s that the encoder is asked for."""
    return int(point.settings.get("bit_rate", round(1000 * (point.nominal_kbps or 0.0))))


def decode_packets(context: Any, packets: Sequence[bytes], what: str, rate: int) -> NDArray[np.float32]:
    """The samples of `packets` by an open or new decoder of FFmpeg.

    Raises:
        PayloadError: it names `what`; a packet cannot be decoded, or not to mono audio at `rate`.
    """
    av = load_av(what)
    pieces = [np.zeros(0, dtype=np.float32)]
    for index, packet in enumerate([*packets, None]):
        try:
            frames = context.decode(None if packet is None else av.Packet(packet))
        except (av.error.FFmpegError, EOFError) as error:
            raise PayloadError(f"{what}: packet {index} cannot be decoded ({error})") from error
        for frame in frames:
            if (frame.sample_rate, frame.layout.nb_channels) != (rate, 1):
                raise PayloadError(f"{what}: packet {index} is not of mono audio at {rate} Hz")
            pieces.append(_as_float(frame.to_ndarray().reshape(-1)))
    return np.concatenate(pieces)


def _as_float(samples: NDArray[Any]) -> NDArray[np.float32]:
    if samples.dtype == np.int16:
        return (samples / 32768).astype(np.float32)
    return samples.astype(np.float32, copy=False)


def load_av(what: str) -> Any:
    """PyAV's module. Raises Unavailable where it is not installed."""
    try:
        import av
    except ImportError as error:
        raise Unavailable(f"{what} needs PyAV ({error}); install it: pip install 'codecbench[classic]'") from error
    return av
