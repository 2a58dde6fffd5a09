"""The HTML report: one self-contained file, readable offline. Each of `SECTIONS` has a module and a template."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

from jinja2 import Environment, PackageLoader, StrictUndefined
from markupsafe import Markup

from codecbench.analysis.findings import Findings
from codecbench.report import (
    bd,
    breakdown,
    charts,
    hallucination,
    ladder,
    listening,
    sections,
    sensitivity,
    table,
    verdict,
)  # fmt: skip
from codecbench.report.looks import look_css, look_data
from codecbench.report.page import AUDIO_MB, AudioMode, Page, Section
from codecbench.store.ids import point_text, short_point
from codecbench.whole_files import replaced

SECTIONS = (
    Section("verdict", "Verdict", "Which codec is best at my bitrate, and at what cost?", verdict.section, "verdict.js",
            "verdict.css"),
    Section("quality", "Quality", "Quality against bitrate", charts.quality),
    Section("bd", "BD-rate", "Bitrate at like quality", bd.section, "bd.js", "bd.css"),
    Section("cost", "Cost", "Quality against cost", charts.cost),
    Section("ladder", "Loss", "Where the loss comes from", ladder.section),
    Section("hallucination", "Hallucination", "Hallucination", hallucination.section, "hallucination.js",
            "hallucination.css"),
    Section("table", "Table", "All figures", table.section, style="table.css"),
    Section("sensitivity", "Metrics", "What the metrics see", sensitivity.section, style="sensitivity.css"),
    Section("breakdown", "Breakdown", "By speaker, sex, length and level", breakdown.section, "breakdown.js",
            "breakdown.css"),
    Section("listen", "Listen", "Listen", listening.section, "listen.js", "listen.css"),
    Section("failures", "Failures", "Failures and coverage", sections.failures),
    Section("codes", "Codes", "Use of codebooks", sections.codes),
    Section("provenance", "Provenance", "Provenance", sections.provenance),
)  # fmt: skip
"""In the order of the page."""


@dataclass(frozen=True)
class Rendered:
    """A section as HTML, and its data for the script."""

    section: Section
    html: Markup
    data: Any


def render_report(
    findings: Findings, folder: Path, out: Path, audio: AudioMode = "embed", audio_mb: float = AUDIO_MB,
    more: Sequence[Path] = (),
) -> Path:  # fmt: skip
    """Write the report of `findings` to `out`; `folder` is the run's, where the audio was kept.

    `more`: folders of further runs that were merged into it. `audio_mb`: audio to embed at most; an utterance that does
    not fit is left out, with a line for the reader.
    """
    page = Page(findings, folder, audio, out, audio_mb, tuple(more))
    text = environment().get_template("report.html.j2").render(
        summary=findings.summary,
        facts=sections.facts(findings.summary),
        parts=[part for section in SECTIONS if (part := _rendered(section, page)) is not None],
        asset=asset,
        looks=look_data(findings.summary),
        look_css=Markup(look_css(findings.summary)),  # nosec B704 - numbers and colours alone
        # What is embedded is decoded by the script: only linked files are the page's to load.
        media="; media-src 'self' file:" if audio == "link" else "",
    )  # fmt: skip
    with replaced(out) as partial:
        partial.write_text(text, encoding="utf-8")
    return out


def _rendered(section: Section, page: Page) -> Rendered | None:
    content = section.build(page)
    if content is None:
        return None
    template = environment().get_template(f"{section.id}.html.j2")
    return Rendered(section, Markup(template.render(summary=page.summary, **content.values)), content.data)  # nosec B704 - escaped


@cache
def environment() -> Environment:
    env = Environment(
        loader=PackageLoader("codecbench.report"), autoescape=True, undefined=StrictUndefined, trim_blocks=True,
        lstrip_blocks=True,
    )  # fmt: skip
    env.filters |= {
        "script_json": script_json,
        "printed": sections.printed,
        "at_point": point_text,
        "short_point": short_point,
    }
    return env


def asset(name: str) -> Markup:
    """One of our own style sheets or scripts, as it is."""
    loader = environment().loader
    assert loader is not None
    return Markup(loader.get_source(environment(), name)[0])  # nosec B704 - ours


def script_json(value: Any) -> Markup:
    """JSON that cannot end the script element it stands in, nor start another."""
    text = json.dumps(value, allow_nan=False, separators=(",", ":"))
    text = text.replace("<", "\\u003c").replace(">", "\\u003e").replace("&", "\\u0026")
    return Markup(text)  # nosec B704 - escaped
