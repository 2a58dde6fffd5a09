"""A real browser, for looking at reports."""

from browsing import browser, chromium

__all__ = ["browser", "chromium"]
