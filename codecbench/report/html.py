"""The HTML report: one self-contained file, readable offline. Templates print what `sections` and `charts` prepare."""

from __future__ import annotations

import json
from functools import cache
from pathlib import Path
from typing import Any

from jinja2 import Environment, PackageLoader, StrictUndefined
from markupsafe import Markup

from codecbench.analysis.summary import Summary
from codecbench.report import sections
from codecbench.report.charts import chart_data
from codecbench.report.figures import codec_name
from codecbench.report.ladder import PARTS, ladder_tables
from codecbench.report.listening import AudioMode, collect
from codecbench.results import Results

CARD_FIELDS = (
    "track", "version", "sample_rate", "channels", "frame", "lookahead", "causal", "whole_utterance", "stochastic",
    "licence", "paper", "parameters", "encoder_macs_per_s", "quantizer_macs_per_s", "decoder_macs_per_s", "latency_ms",
    "buffering_ms", "notes",
)  # fmt: skip
"""What the report tells of a codec's card, in this order."""


def render_report(results: Results, summary: Summary, folder: Path, out: Path, audio: AudioMode = "embed") -> Path:
    """Write the report of `summary` to `out`; `folder` is the run's, where the audio was kept."""
    clips = collect(results, summary, folder, audio)
    text = environment().get_template("report.html.j2").render(
        summary=summary,
        facts=sections.facts(summary),
        headings=sections.table_headings(summary),
        rows=sections.table_rows(summary),
        missing=sections.missing(summary),
        codes=sections.code_use(summary),
        warnings=sections.warnings(summary),
        ladders=ladder_tables(summary),
        parts_of_a_codec=PARTS,
        listenings=clips.listenings,
        files=clips.files,
        audio=audio,
        data=chart_data(summary),
        card_fields=CARD_FIELDS,
        asset=asset,
    )  # fmt: skip
    partial = out.with_suffix(".partial")
    partial.write_text(text, encoding="utf-8")
    partial.replace(out)
    return out


@cache
def environment() -> Environment:
    env = Environment(
        loader=PackageLoader("codecbench.report"), autoescape=True, undefined=StrictUndefined, trim_blocks=True,
        lstrip_blocks=True,
    )  # fmt: skip
    env.filters |= {"script_json": script_json, "printed": sections.printed}
    env.globals["codec_name"] = codec_name
    return env


def asset(name: str) -> Markup:
    """One of our own style sheets or scripts, as it is."""
    loader = environment().loader
    assert loader is not None
    return Markup(loader.get_source(environment(), name)[0])


def script_json(value: Any) -> Markup:
    """JSON that cannot end the script element it stands in, nor start another."""
    text = json.dumps(value, allow_nan=False, separators=(",", ":"))
    return Markup(text.replace("<", "\\u003c").replace(">", "\\u003e").replace("&", "\\u0026"))
