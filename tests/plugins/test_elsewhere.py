"""Other people's plugins are asked in a child process: what their import does reaches nobody else."""

from __future__ import annotations

import importlib
import os
import time
from collections.abc import Mapping
from pathlib import Path

import pytest

from codecbench.api import Dataset, Unavailable, UsageError, Utterance
from codecbench.plugins import elsewhere
from codecbench.plugins.elsewhere import collect
from codecbench.plugins.loading import NOTHING, PluginPoint
from codecbench.plugins.registered import BrokenPlugin, Registry

GOOD = """
from codecbench.api import CodecCard, OperatingPoint, hookimpl
def make(options): raise NotImplementedError
@hookimpl
def codecbench_register_codecs(register):
    register(CodecCard(NAME, 16000, (OperatingPoint(6),)), make)
"""
CARD = """
from codecbench.api import *
def make(options): raise NotImplementedError
@hookimpl
def codecbench_register_codecs(register): register({card}, make)
"""


@pytest.fixture
def site(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.syspath_prepend(str(tmp_path))
    return tmp_path


def point(site: Path, name: str, source: str, entry: str | None = None) -> PluginPoint:
    (site / f"{name}.py").write_text(source)
    importlib.invalidate_caches()
    return PluginPoint(name, entry or name, f"dist-{name}", "1.0")


def good(site: Path, name: str) -> PluginPoint:
    return point(site, name, GOOD.replace("NAME", repr(name)))


HOSTILE = {
    "prints": ("print('Loading')", None),
    "moves": ("import os; os.chdir('/')", None),
    "ends_late": ("import atexit, time; atexit.register(time.sleep, 60)", None),
    "threads": ("import threading, time; threading.Thread(target=time.sleep, args=(60,)).start()", None),
    "closes": ("import os; os.close(0); os.close(1); os.close(2)", None),
    "ignores": ("import signal; [signal.signal(s, signal.SIG_IGN) for s in (1, 2, 15)]", None),
    "raises": ("raise RuntimeError('no\\nluck')", "RuntimeError: no luck"),
    "leaves": ("raise SystemExit(3)", "SystemExit: 3"),
    "interrupts": ("raise KeyboardInterrupt", "KeyboardInterrupt"),
    "segfaults": ("import ctypes; ctypes.string_at(0)", "its import ended its process (Segmentation fault)"),
    "exits": ("import os; os._exit(3)", "its import ended its process (exit status 3)"),
    "cuts_the_pipe": ("import os\nfor fd in range(3, 4096):\n try: os.close(fd)\n except OSError: pass", "its import "),
    "eats_memory": (
        "import resource; resource.setrlimit(resource.RLIMIT_AS, (1,) * 2); x = bytes(10**8)",
        "Memory",
    ),
    "needs": ("import a_missing_package", "ModuleNotFoundError: No module named 'a_missing_package'"),
}


@pytest.mark.parametrize("name", HOSTILE)
def test_what_an_import_does_stays_there(site: Path, name: str, capfd: pytest.CaptureFixture[str]) -> None:
    body, reason = HOSTILE[name]
    before = Path.cwd()
    start = time.monotonic()
    first, hostile, last = collect(
        [good(site, "first"), point(site, name, f"{body}\n{GOOD.replace('NAME', repr(name))}"), good(site, "last")]
    )
    assert isinstance(first, Mapping)
    assert isinstance(last, Mapping)
    if reason is None:
        assert isinstance(hostile, Mapping), hostile
        assert [entry.key for entry in hostile["codecs"]] == [f"{name}:default"]
    else:
        assert isinstance(hostile, BrokenPlugin)
        assert reason in hostile.error
    assert Path.cwd() == before
    assert capfd.readouterr().out == ""
    assert time.monotonic() - start < 40


def test_one_that_hangs_is_given_up(site: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(elsewhere, "SECONDS", 3.0)
    found = collect([point(site, "hangs", "import time; time.sleep(600)"), good(site, "fine")])
    assert found[0] == BrokenPlugin("hangs", "its import did not end within 3 s")
    assert isinstance(found[1], Mapping)


def test_what_it_has_started_ends_with_it(site: Path, tmp_path: Path) -> None:
    mark = tmp_path / "pid"
    source = f"import subprocess; open({str(mark)!r}, 'w').write(str(subprocess.Popen(['sleep', '4321']).pid))\n"
    collect([point(site, "starts", source + GOOD.replace("NAME", "'starts'"))])
    time.sleep(0.2)
    stat = Path(f"/proc/{mark.read_text()}/stat")
    assert not stat.exists() or stat.read_text().rpartition(")")[2].split()[0] == "Z"


@pytest.mark.parametrize(
    ("source", "entry", "reason"),
    [
        (GOOD.replace("@hookimpl\n", "").replace("NAME", "'x'"), None, NOTHING),
        (GOOD.replace("NAME", "'x'") + "class C: pass\n", "silent:C", NOTHING),
        ("def nothing(): pass", None, NOTHING),
        (GOOD.replace("codecbench_register_codecs", "codecbench_register_codec").replace("NAME", "'x'"), None,
         "unknown hook 'codecbench_register_codec'"),
        (CARD.format(card="{'name': 'x'}"), None, "a codec's card must be a CodecCard"),
        (CARD.format(card="type('Mine', (CodecCard,), {})('x', 16000, (OperatingPoint(6),))"), None,
         "a codec's card must be a CodecCard"),
        (CARD.format(card="CodecCard('x', 16000, (OperatingPoint(6),), latency_ms='20')"), None,
         "x:default: latency_ms must be a number of ms, 0 or more, or None, got '20'"),
        (CARD.format(card="CodecCard('..', 16000, (OperatingPoint(6),))"), None, "a codec's name must be a word"),
        (GOOD.replace("make)", "None)").replace("NAME", "'x'"), None,
         "a codec is registered with its factory: register(card, factory)"),
        (GOOD.replace("NAME", "'x'") + "    register(CodecCard('x', 8000, (OperatingPoint(6),)), make)\n", None,
         "codec 'x:default' is registered twice"),
    ],
)  # fmt: skip
def test_why_nothing_is_registered_is_said(site: Path, source: str, entry: str | None, reason: str) -> None:
    (found,) = collect([point(site, "silent", source, entry)])
    assert isinstance(found, BrokenPlugin)
    assert reason in found.error


EVIL = """
import os
from codecbench.api import *
class Evil(str):
    def __reduce__(self): return os.system, ("echo $PPID >>{mark}",)
    def __str__(self): return self
class Number(int):
    def __reduce__(self): return os.system, ("echo $PPID >>{mark}",)
def make(options): pass
@hookimpl
def codecbench_register_codecs(register): register({card}, make)
"""


@pytest.mark.parametrize(
    "card",
    [
        "CodecCard('evil', 16000, (OperatingPoint(6),), description=Evil('x'))",
        "CodecCard(Evil('evil'), 16000, (OperatingPoint(6),))",
        "CodecCard('evil', Number(16000), (OperatingPoint(6),))",
        "CodecCard('evil', 16000, (OperatingPoint(6, {'a': Evil('x')}),))",
        "CodecCard('evil', 16000, (OperatingPoint(6, {Evil('a'): 1}),))",
        "CodecCard('evil', 16000, (OperatingPoint(6),), sources=(Evil('x'),))",
        "CodecCard('evil', 16000, (OperatingPoint(6),), track=Evil('none'))",
    ],
)
def test_nothing_that_is_handed_over_runs_here(site: Path, tmp_path: Path, card: str) -> None:
    mark = tmp_path / "mark"
    found = collect([point(site, "evil", EVIL.format(mark=mark, card=card)), good(site, "fine")])
    assert str(os.getpid()) not in (mark.read_text().split() if mark.exists() else [])
    assert isinstance(found[1], Mapping)


DATASETS = """
from pathlib import Path
from codecbench.api import *
@hookimpl
def codecbench_register_datasets(register):
    print("LOUD")
    register(DatasetCard("fine", "", "MIT"), lambda: Dataset("fine", (Utterance("a", Path("a.wav"), "words"),)))
    register(DatasetCard("breaks", "", "MIT"), lambda: 1 / 0)
    register(DatasetCard("dies", "", "MIT"), lambda: __import__("os")._exit(7))
@hookimpl
def codecbench_register_metrics(register):
    def check(dataset):
        if not dataset.utterances[0].speaker: raise UsageError("metric 'm' needs speakers")
    register(MetricCard("m", "1", "a metric"), object, check=check)
@hookimpl
def codecbench_register_recognizers(register):
    def files(): raise Unavailable("no model here")
    register(RecognizerCard("r", "1", files), object)
    register(RecognizerCard("s", "1", lambda: [Path("model.bin")]), object)
"""


@pytest.fixture
def registry(site: Path) -> Registry:
    found = Registry()
    (answer,) = collect([point(site, "speech", DATASETS)])
    assert isinstance(answer, Mapping), answer
    for kind, entries in answer.items():
        found.add(kind, entries)
    return found


def test_a_dataset_is_listed_there(registry: Registry, capfd: pytest.CaptureFixture[str]) -> None:
    capfd.readouterr()
    dataset = registry.datasets["fine"].factory()
    assert dataset == Dataset("fine", (Utterance("a", Path("a.wav"), "words"),))
    assert capfd.readouterr().out == ""
    with pytest.raises(UsageError, match="dataset 'breaks': its plugin failed: ZeroDivisionError"):
        registry.datasets["breaks"].factory()
    with pytest.raises(UsageError, match=r"dataset 'dies': its plugin 'speech' ended its process \(exit status 7\)"):
        registry.datasets["dies"].factory()


def test_a_metric_checks_there_and_a_recognizer_finds_its_model(registry: Registry) -> None:
    check = registry.metrics["m"].check
    assert check is not None
    check(Dataset("d", (Utterance("a", Path("a.wav"), speaker="s"),)))
    with pytest.raises(UsageError, match=r"^metric 'm' needs speakers$"):
        check(Dataset("d", (Utterance("a", Path("a.wav")),)))
    with pytest.raises(Unavailable, match=r"^no model here$"):
        registry.recognizers["r"].card.model_files()
    assert registry.recognizers["s"].card.model_files() == [Path("model.bin")]
