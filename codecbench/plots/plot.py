"""A figure of a run: drawn where it is asked for, shown by a notebook, saved for a paper."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import get_args

from codecbench.errors import UsageError
from codecbench.plots.chart import Chart
from codecbench.plots.drawing import Format, render, save
from codecbench.plots.style import Width

FORMATS: tuple[Format, ...] = get_args(Format)


@dataclass(frozen=True)
class Plot:
    """`chart` is what it shows, as data; `notes` what its caption has to say."""

    chart: Chart
    width: Width = "column"

    @property
    def notes(self) -> tuple[str, ...]:
        return self.chart.notes

    def save(self, out: str | Path, format: Format | None = None) -> Path:
        """Draw it into a PDF, SVG or PNG, as `out` ends or `format` says.

        Raises UsageError for another ending, where matplotlib is not installed, or where `out` cannot be written.
        """
        file = Path(out)
        ending = file.suffix.lower().removeprefix(".")
        chosen = format or next((known for known in FORMATS if known == ending), None)
        if chosen not in FORMATS:
            raise UsageError(f"'{out}': which format? End it in .{', .'.join(FORMATS)}")
        save(self.chart, file, chosen, self.width)
        return file

    def _repr_svg_(self) -> str:
        return render(self.chart, "svg", self.width).decode()
