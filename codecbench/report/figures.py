"""How figures are printed: `codecbench.tables.figures`, under the name that the report's modules know it by."""

from codecbench.tables.figures import (
    NARROW_RANGE,
    UNKNOWN,
    Style,
    codec_name,
    cost_figure,
    duration,
    kbps,
    scaled,
    significant,
)

__all__ = [
    "NARROW_RANGE",
    "UNKNOWN",
    "Style",
    "codec_name",
    "cost_figure",
    "duration",
    "kbps",
    "scaled",
    "significant",
]
