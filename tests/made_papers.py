"""A reader's own file of published figures: of a codec of the run, and of one that only papers have."""

from __future__ import annotations

from pathlib import Path

OWN = """
[[source]]
id = "tokenizer-paper"
reference = "A paper, 2025, table 1"
url = "https://example.org/paper"
dataset = "LibriTTS test-clean"
conditions = "24 kHz"
convention = "as its repository has it"
secondary = false
pesq_band = "wide"
figures = [
    { codec = "wavtokenizer", model = "large", kbps = 0.9, pesq = 2.05, stoi = 0.92 },
    { codec = "opus", model = "1.5", kbps = 2.0, pesq = 1.5, stoi = 0.7 },
]
"""


def own_papers(folder: Path) -> Path:
    path = folder / "papers.toml"
    path.write_text(OWN)
    return path
