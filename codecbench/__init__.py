"""codecbench: a benchmark harness for neural audio codecs."""

from importlib.metadata import version

__version__ = version("codecbench")
