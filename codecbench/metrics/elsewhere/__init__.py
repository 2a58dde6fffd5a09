"""Metrics whose packages cannot be installed beside codecbench: each runs in an environment of its own."""

from codecbench.metrics.elsewhere.cards import CARDS

__all__ = ["CARDS"]
