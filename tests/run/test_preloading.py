"""What the fork server imports: what factories ask for, and nothing that goes wrong there is anybody's trouble."""

from __future__ import annotations

import subprocess
import sys
from functools import partial
from pathlib import Path

import pytest
from pool_work import imported

from codecbench.plugins import registry
from codecbench.run.pool import Slots, Task
from codecbench.run.preloading import ALWAYS, VARIABLE, libraries, own_plugins


def test_a_codec_asks_for_what_its_module_names_and_only_once() -> None:
    codecs = registry().codecs
    factories = [
        codecs["opus:default"].factory,
        partial(codecs["dac:reference"].factory),
        codecs["dac:reference"].factory,
    ]
    always = (*ALWAYS, *own_plugins())
    assert {"codecbench.metrics", "codecbench_dac"} <= set(always)
    assert libraries(factories[:1]) == always
    assert libraries(factories) == (*always, "torch", "transformers.models.dac.modeling_dac")


@pytest.mark.parametrize("source", ["raise SystemExit(3)", "import no_such_module_at_all", "print('loud')"])
def test_what_goes_wrong_while_importing_is_left_out(tmp_path: Path, source: str) -> None:
    (tmp_path / "breaks.py").write_text(source)
    (tmp_path / "works.py").write_text("WORKS = True")
    script = "import sys, codecbench.run.preloaded; print('works' in sys.modules)"
    environment = {VARIABLE: "breaks,works", "PYTHONPATH": f"{tmp_path}:{':'.join(sys.path)}"}
    result = subprocess.run([sys.executable, "-c", script], env=environment, capture_output=True, text=True, check=True)
    assert (result.stdout, result.stderr) == ("True\n", "")


def test_a_process_that_is_started_afresh_has_none_of_it(tmp_path: Path) -> None:
    with Slots(1, tmp_path / "log", afresh=True) as slots:
        (outcome,) = slots.pool("cost").run(iter([Task(0, imported, ("scipy.signal",), 60)]))
    assert outcome.value is False
