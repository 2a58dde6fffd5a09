"""Metrics whose code runs in an environment of its own: a plugin in one file, and its side beside it."""

from __future__ import annotations

from pathlib import Path

PLUGIN = """
from codecbench.api import Environment, MetricCard, MetricWeights, hookimpl

CARD = MetricCard(
    "{name}", "1", "Mean distance in its own environment", title="far", unit="dB", higher_is_better=False,
    sample_rate={rate}, on_request=True, parameters={{"mode": "{mode}"}}, weights={weights},
    environment=Environment({requirements!r}, python=">=3.8", side="{name}_side.py"),
)

@hookimpl
def codecbench_register_metrics(register):
    register(CARD)
"""
WEIGHTS = 'MetricWeights((("scale.txt",),), "of nowhere")'
SIDE = """
import os, sys, time
import numpy as np

class Abstain(Exception):
    pass

class Unavailable(Exception):
    pass

class Distance:
    def __init__(self, options):
        self.mode = options["parameters"]["mode"]
        self.scale = 1.0 if options["weights"] is None else float(open(options["weights"]).read())
        self.calls = 0
        if self.mode == "unopened":
            raise RuntimeError("no model here")
        if self.mode == "unavailable":
            raise Unavailable("its model is not here; load it")

    def score(self, reference, decoded, sample_rate):
        self.calls += 1
        if self.mode == "abstains":
            raise Abstain("nothing to hear")
        if self.mode == "raises":
            raise ValueError("this is not\\nspeech")
        if self.mode == "crashes":
            os.kill(os.getpid(), 11)
        if self.mode == "crashes once" and not os.path.exists(__file__ + ".crashed"):
            open(__file__ + ".crashed", "w").close()
            os._exit(7)
        if self.mode == "prints":
            print("progress: 100 %")
            os.write(1, b"CBEP garbage on stdout\\n")
        if self.mode == "nan":
            return float("nan")
        if self.mode == "text":
            return "good"
        if self.mode == "array":
            return 1.0, {"each": np.zeros(3)}
        if self.mode == "differs":
            return float(self.calls % 3)
        detail = {"lengths": [len(reference), len(decoded)], "rate": sample_rate, "python": sys.version_info[1]}
        return self.scale * np.abs(reference - decoded).mean(), detail


def open_metric(options):
    return Distance(options)
"""


def write_side_metric(
    folder: Path, name: str = "far_away", requirements: tuple[str, ...] = (), mode: str = "", rate: int = 16000,
    weights: str = "None", more: str = "",
) -> Path:  # fmt: skip
    """The plugin's file; its metric is called by `name`, `mode` is how it misbehaves."""
    folder.mkdir(parents=True, exist_ok=True)
    (folder / f"{name}_side.py").write_text(SIDE)
    plugin = folder / f"{name}.py"
    text = PLUGIN.format(name=name, requirements=requirements, mode=mode, rate=rate, weights=weights)
    plugin.write_text(text.replace("on_request=True,", f"on_request=True, {more}"))
    return plugin
