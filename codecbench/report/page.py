"""What a report is made of: sections, each with its own module and template, built from one run."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Literal

from codecbench.analysis.findings import Findings
from codecbench.analysis.rivals import Rivals
from codecbench.analysis.summary import Summary
from codecbench.published import PublishedFigure, published
from codecbench.store.rows import StoredResults

AudioMode = Literal["embed", "link", "none"]
"""Audio within the report, or beside it in the run's folder, or none."""
AUDIO_MB = 25.0
"""How much of it one report embeds, as it stands in the file (base64); 1 MB is 10^6 bytes."""


@dataclass(frozen=True)
class Page:
    """All that a section may be made from. `folder` is the run's, where audio was kept; `out` the report's file."""

    findings: Findings
    folder: Path
    audio: AudioMode = "embed"
    out: Path | None = None
    audio_mb: float = AUDIO_MB
    more: tuple[Path, ...] = ()
    """Folders of further runs that were merged into these findings: their audio."""

    @property
    def folders(self) -> tuple[Path, ...]:
        return (self.folder, *self.more)

    @property
    def published(self) -> tuple[PublishedFigure, ...]:
        """Papers' figures beside the measured ones: those that the reader named, else the shipped ones."""
        return self.findings.view.published or published()

    @property
    def results(self) -> StoredResults:
        return self.findings.results

    @property
    def summary(self) -> Summary:
        return self.findings.summary

    @property
    def rivals(self) -> Rivals:
        return self.findings.rivals


@dataclass(frozen=True)
class Content:
    """What a section prints: `values` for its template; `data`, as JSON, for its script (element `data-<id>`)."""

    values: Mapping[str, Any] = field(default_factory=dict)
    data: Any = None


@dataclass(frozen=True)
class Section:
    """`<id>.html.j2` prints it, inside <section id="id"><h2>heading</h2>; `build` returns None where a run has nothing
    for it. `nav` is its name in the navigation. `script` and `style` are files beside the template.
    """  # fmt: skip

    id: str
    nav: str
    heading: str
    build: Callable[[Page], Content | None]
    script: str | None = None
    style: str | None = None
