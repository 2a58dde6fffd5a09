"""A real browser, that plays stimuli."""

from browsing import browser, chromium

__all__ = ["browser", "chromium"]
