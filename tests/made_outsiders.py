"""A run of eight codecs of other people's and two of codecbench's own, made in code."""

from __future__ import annotations

from pathlib import Path

from made_runs import MadeCodec, made_results, store_results

OUTSIDERS = ("lyra", "mimi", "snac", "mono40", "vbr", "speexcli", "dacofficial", "lyraloss")


def ten_codecs(folder: Path) -> Path:
    codecs = [MadeCodec(name, (3, 6), 0.3 + 0.05 * place) for place, name in enumerate(OUTSIDERS)]
    codecs += [MadeCodec("encodec", (3, 6), 0.5, "reference", "reference"), MadeCodec("opus", (6, 12), 0.8)]
    return store_results(made_results(codecs, utterances=8, meta={"request": {}}), folder)
