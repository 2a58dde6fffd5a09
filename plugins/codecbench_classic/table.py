"""The table of classical codecs: a codec is a row, and a row in `tests/plugins/classic/expected.py`.

A codec's first row is its default, which `--codecs all` runs. The nominal kbps of a codec of constant bitrate are
exact: so many bits a frame are its payload. Points of a variable bitrate have a name and no nominal rate.
"""

from __future__ import annotations

from codecbench.api import OperatingPoint
from codecbench_classic.bitstream_files import AmrFile, G192File, Lc3File
from codecbench_classic.modules import Module
from codecbench_classic.program_codec import NamedPrograms, Programs
from codecbench_classic.pyav import PyAv
from codecbench_classic.rows import Row, points
from codecbench_classic.speex_file import SpeexFile

AV = "PyAV BSD-3-Clause, its FFmpeg build GPL"
FFMPEG = f"LGPL-2.1 (FFmpeg); {AV}"
WHOLE = "all that the encoder returns"

OPUS_HEAD = bytes.fromhex("4f707573486561640101000080bb0000000000")
"""RFC 7845, section 5.1: version 1, one channel, pre-skip 0 (it is cut here), 48 kHz, gain 0, mapping family 0."""
OPUS_OPTIONS = {
    "vbr": "off", "application": "voip", "frame_duration": "20", "packet_loss": "0", "compression_level": "10",
    # The harness's source is a 16 kHz signal: left to itself libopus spends bits on the empty band above. On real
    # speech at 24 kbps that costs 0.15 to 0.3 of PESQ-WB; with the limit, PESQ is that of feeding libopus at 16 kHz.
    "cutoff": "8000",
}  # fmt: skip
OPUS_LOOKAHEAD = 312
"""At 48 kHz: 4 ms for delay compensation and 2.5 ms for the overlap (libopus, `voip`)."""


def _opus(**options: str) -> PyAv:
    decoder = {"request_sample_fmt": "flt"}
    return PyAv("libopus", "libopus", "flt", OPUS_LOOKAHEAD, "units", OPUS_OPTIONS | options, decoder, OPUS_HEAD)


def _amr(kbps: float, mode: int) -> OperatingPoint:
    """Each stored frame begins with its type (RFC 4867, section 5.3): the mode, and a bit for good quality."""
    return OperatingPoint(kbps, {"prefix": bytes([mode << 3 | 4]).hex(), "mode": mode})


AMR_NB = tuple(_amr(kbps, mode) for mode, kbps in enumerate((4.75, 5.15, 5.9, 6.7, 7.4, 7.95, 10.2, 12.2)))
AMR_WB = tuple(
    _amr(kbps, mode) for mode, kbps in enumerate((6.6, 8.85, 12.65, 14.25, 15.85, 18.25, 19.85, 23.05, 23.85))
)
AMR_WB_FILE = AmrFile(b"#!AMR-WB\n", (18, 24, 33, 37, 41, 47, 51, 59, 61, 6))
AMR_COUNTED = "the bits of each frame (RFC 4867, bandwidth-efficient), without the type of frame, which is the mode's"


def _amr_nb(checkpoint: str, modes: tuple[OperatingPoint, ...]) -> Row:
    call = PyAv("libopencore_amrnb", "libopencore_amrnb", "s16", 40)
    return Row(
        "amr-nb", "AMR-NB, 3GPP narrowband telephony", "speech", call, 8000,
        modes, AMR_COUNTED, f"Apache-2.0 (opencore-amr); {AV}", "3GPP TS 26.090", 160, 40, checkpoint,
        constant_frames=True,
    )  # fmt: skip


def _amr_wb(checkpoint: str, modes: tuple[OperatingPoint, ...]) -> Row:
    return Row(
        "amr-wb", "AMR-WB (G.722.2), by programs that you name", "speech",
        NamedPrograms(
            "coder -mime {mode} {input} {output}", "decoder -mime {input} {output}", AMR_WB_FILE,
            "3GPP TS 26.173 is such a pair", "raw", 95,
        ), 16000, modes, AMR_COUNTED, "that of your programs", "3GPP TS 26.190", 320, 95, checkpoint,
        notes="Its programs read and write 16-bit samples without a header, and AMR-WB's storage format.",
        constant_frames=True,
    )  # fmt: skip


def _g722(checkpoint: str, code_bits: tuple[int, ...]) -> Row:
    call = PyAv("g722", "g722", "s16", 22, "samples", lossy_units=True)
    rates = tuple(
        OperatingPoint(8.0 * bits, {"bit_rate": 64000, "decoder": {"bits_per_codeword": str(bits)}})
        for bits in code_bits
    )
    counted = "the bits of each code word, of which 56 and 48 kbps drop the lowest"
    return Row(
        "g722", "G.722, sub-band ADPCM", "speech", call, 16000, rates, counted, FFMPEG, "ITU-T G.722", 2, 22,
        checkpoint, constant_frames=True,
    )  # fmt: skip


def _g726(checkpoint: str, code_bits: tuple[int, ...]) -> Row:
    call = PyAv("g726", "g726", "s16", packets="samples")
    rates = tuple(OperatingPoint(8.0 * bits, {"decoder": {"bits_per_coded_sample": str(bits)}}) for bits in code_bits)
    return Row(
        "g726", "G.726, ADPCM", "speech", call, 8000, rates, WHOLE, FFMPEG, "ITU-T G.726", 8, 0, checkpoint,
        constant_frames=True,
    )  # fmt: skip


def _g711(law: str, name: str) -> Row:
    call = PyAv(f"pcm_{law}", f"pcm_{law}", "s16", packets="samples")
    point = OperatingPoint(64.0, frame=1)
    return Row(
        "g711", f"G.711, {name}", "speech", call, 8000, (point,), WHOLE, FFMPEG, "ITU-T G.711", checkpoint=law,
        constant_frames=True,
    )  # fmt: skip


def _codec2(kbps: float, mode: str, frame: int, lookahead: int = 160) -> OperatingPoint:
    return OperatingPoint(kbps, {"mode": mode}, frame, lookahead)


ROWS: tuple[Row, ...] = (
    Row(
        "pcm", "16 kHz PCM, the harness's self-check", "", Module("pcm:Pcm", "numpy"), 16000,
        tuple(OperatingPoint(16.0 * bits, {"bits": bits}) for bits in (6, 8, 12, 16)),
        WHOLE, "none needed", "", self_check=True, constant_frames=True,
        notes="Uniform quantizer; at 16 bit the harness's self-check.",
    ),
    Row(
        "opus", "libopus, CBR, 20 ms packets", "speech", _opus(), 48000, points(6, 8, 12, 16, 24, 32),
        "packets, without container", f"BSD-3-Clause (libopus); {AV}", "RFC 6716", 960, OPUS_LOOKAHEAD,
        notes="libopus, CBR, voip, 20 ms packets without container, at most wideband (8 kHz).",
    ),
    Row(
        "opus", "libopus, VBR with discontinuous transmission", "speech",
        Module("opus_dtx:OpusDtx", "libopus (PyAV's)"), 48000,
        tuple(OperatingPoint(None, {"kbps": kbps}, name=f"vbr{kbps}") for kbps in (12, 16, 24)),
        "packets, each with a byte for its length; in pauses one of 1 or 2 bytes every 20 ms",
        f"BSD-3-Clause (libopus); {AV}", "RFC 6716", 960, OPUS_LOOKAHEAD, "dtx",
        notes="As opus, but VBR and DTX: named after the bitrate of active speech.",
    ),
    Row(
        "opus", "libopus, CBR with in-band FEC", "speech", _opus(fec="1", packet_loss="10"), 48000, points(20, 24, 32),
        "packets, with the previous one's low-bitrate copy in them (LBRR)", f"BSD-3-Clause (libopus); {AV}", "RFC 6716",
        960, OPUS_LOOKAHEAD, "fec",
        notes="As opus, for 10 % expected loss: what redundancy costs. Under 20 kbps libopus adds none.",
    ),
    Row(
        "opus", "libopus, CBR, for audio of the whole band", "audio", _opus(cutoff="0", application="audio"), 48000,
        points(24, 32, 48, 64, 96), "packets, without container", f"BSD-3-Clause (libopus); {AV}", "RFC 6716",
        960, OPUS_LOOKAHEAD, "fullband",
        notes="For condition fb: libopus chooses the band, up to 20 kHz, and codes for music.",
    ),
    Row(
        "codec2", "Codec 2, a vocoder", "speech", Module("codec2:Codec2", "libcodec2 (pycodec2's)"), 8000,
        (
            # The analysis window is centred 20 ms before the end of its sub-frame; 700C interpolates from the frame
            # before.
            _codec2(0.7, "700C", 320, 240), _codec2(1.2, "1200", 320), _codec2(1.3, "1300", 320),
            _codec2(1.4, "1400", 320), _codec2(1.6, "1600", 320), _codec2(2.4, "2400", 160), _codec2(3.2, "3200", 160),
        ), "the bits of each frame, without padding to bytes", "LGPL-2.1 (libcodec2); pycodec2 BSD-3-Clause",
        "https://www.rowetel.com/codec2.html", 320, 240,
        notes="A vocoder: keeps no waveform. Frames of 20 ms (3200, 2400) or 40 ms.", constant_frames=True,
    ),
    Row(
        "speex", "Speex, wideband CELP", "speech",
        Programs(
            "speexenc -w --quality {quality} - -", "speexdec - -", SpeexFile(1), "install it: apt install speex",
            delay=223, fill="0111111",
        ), 16000,
        tuple(
            OperatingPoint(kbps, {"quality": quality})
            for quality, kbps in ((1, 5.75), (3, 9.8), (5, 16.8), (8, 27.8))
        ), "the bits of each packet, without Ogg and its terminator", "BSD-3-Clause", "RFC 5574", 320, 223,
    ),
    _amr_nb("default", (AMR_NB[0], AMR_NB[5], AMR_NB[7])),
    _amr_nb("all", AMR_NB),
    _amr_wb("default", (AMR_WB[0], AMR_WB[2], AMR_WB[8])),
    _amr_wb("all", AMR_WB),
    Row(
        "evs", "EVS, 3GPP telephony, by programs that you name", "speech",
        NamedPrograms(
            "EVS_cod -q {bps} 16 {input} {output}", "EVS_dec -q 16 {input} {output}", G192File(),
            "3GPP TS 26.443 is such a pair", "raw",
        ), 16000, points(7.2, 9.6, 13.2, 24.4), "the bits of each frame, without G.192's words around them",
        "that of your programs", "3GPP TS 26.445", 320, 192,
        notes="Its programs read and write 16-bit samples without a header at 16 kHz, and G.192 files.",
        constant_frames=True,
    ),
    _g722("default", (6, 8)),
    _g722("all", (6, 7, 8)),
    Row(
        "g723.1", "G.723.1 at 6.3 kbit/s (MP-MLQ)", "speech", PyAv("g723_1", "g723_1", "s16", 60), 8000,
        (OperatingPoint(6.4, {"bit_rate": 6300}),),
        "frames of 24 bytes (RFC 3551), so 6.4 kbps: two bits say the rate and one is unused", FFMPEG, "ITU-T G.723.1",
        240, 60,
    ),
    _g726("default", (2, 4)),
    _g726("all", (2, 3, 4, 5)),
    _g711("mulaw", "μ-law"),
    _g711("alaw", "A-law"),
    Row(
        "sbc", "SBC, Bluetooth's sub-band codec", "audio", PyAv("sbc", "sbc", "s16", 73), 16000,
        (*points(32, 48, 64), OperatingPoint(60.8, {"encoder": {"msbc": "1"}}, 120, name="msbc")),
        "whole frames, their headers included", FFMPEG, "Bluetooth A2DP 1.3, appendix B", 128, 73,
        notes="msbc is that of hands-free calls.",
    ),
    Row(
        "lc3", "LC3, Bluetooth LE Audio", "audio", Programs(
            "elc3 -b {bps}", "dlc3", Lc3File(), "install it: apt install liblc3-tools",
        ), 16000, points(16, 24, 32), "frames, without the file's header and their lengths, which are all equal",
        "Apache-2.0 (liblc3)", "Bluetooth LC3 1.0", 160, 40, constant_frames=True,
    ),
    Row(
        "mp3", "MP3 by LAME, CBR", "audio", PyAv("libmp3lame", "mp3float", "fltp", 1105), 16000, points(8, 16, 24, 32),
        "whole frames, their headers included", f"LGPL-2.0 (LAME); {AV}", "ISO/IEC 13818-3", 576, 1105,
    ),
    Row(
        "aac", "AAC-LC by FFmpeg's encoder", "audio", PyAv(
            "aac", "aac", "fltp", 1024, "stream", extradata=bytes.fromhex("140856e500"),
        ), 16000, points(12, 16, 24, 32),
        "raw data blocks, whose ends the decoder finds; the configuration of 5 bytes is constant", FFMPEG,
        "ISO/IEC 14496-3", 1024, 1024, notes="The nominal bitrate is what the encoder is asked for on average.",
    ),
    Row(
        "vorbis", "Vorbis at constant quality", "audio", Module("vorbis:Vorbis", "soundfile, PyAV"), 16000,
        tuple(OperatingPoint(None, {"quality": quality}, name=f"q{quality}") for quality in (0, 1, 3)),
        "audio packets, each with one or two bytes for its length; the headers follow from the quality",
        f"BSD-3-Clause (libvorbis); LGPL-2.1 (libsndfile); {AV}", "https://xiph.org/vorbis/doc/Vorbis_I_spec.html",
        512, 512,
    ),
)  # fmt: skip
