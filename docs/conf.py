"""Sphinx builds the site from these pages: `tox -e docs`. It needs no network."""

from __future__ import annotations

import re
from importlib.metadata import version as version_of
from typing import Any

from sphinx.application import Sphinx

project = "codecbench"
copyright = "the codecbench authors"
version = release = version_of("codecbench")

extensions = ["myst_parser", "sphinx.ext.autodoc", "sphinx.ext.napoleon", "sphinx_click"]
exclude_patterns = ["_build"]
html_theme = "furo"
html_title = f"codecbench {version}"
html_show_sphinx = False

myst_heading_anchors = 4  # links to headings, as GitHub has them
suppress_warnings = ["myst.header"]  # a page may begin at any level
default_role = "code"  # docstrings are written with single backticks
autodoc_typehints = "none"  # the signature has them
autodoc_member_order = "bysource"
nitpicky = False

REPORT = re.compile(r"\[([^\]]+)\]\(\.\./(reports/[\w.-]+\.md)\)")
"""A link to a report, which is no page of the site: it is kept as a file, as it was printed."""
STAR = re.compile(r"(?<!\*)\*(?=\.)")
"""`*.json` in a help text would begin an emphasis."""


def _report_links(_: Sphinx, __: str, source: list[str]) -> None:
    source[0] = REPORT.sub(r"{download}`\1 <../\2>`", source[0])


def _plain_stars(_: Sphinx, __: Any, lines: list[str]) -> None:
    lines[:] = [STAR.sub(r"\\*", line) for line in lines]


def setup(app: Sphinx) -> None:
    app.connect("source-read", _report_links)
    app.connect("sphinx-click-process-options", _plain_stars)
