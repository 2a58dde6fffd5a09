"""Figures for papers: what the report draws, as PDF, SVG or PNG, in the size of a column or a page."""
