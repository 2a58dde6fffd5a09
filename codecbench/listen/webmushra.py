"""The configuration of webMUSHRA (audiolabs; Schoeffler et al., Journal of Open Research Software 6, 2018)."""

from __future__ import annotations

import textwrap
from collections.abc import Mapping
from typing import Any

import yaml

from codecbench.listen.design import TRAINING, Kind, ListeningTest, Trial

LISTENER = "listener"
"""The column of the answers that says who answered."""
TASKS: Mapping[Kind, str] = {
    "mushra": "Rate each signal against the reference: 100 where you hear no difference, 0 for very bad. One of the "
    "signals is the reference itself. Listen by headphones, in a quiet room, as often as you like.",
    "abx": "One of A and B is the reference, the other was coded. Which of them is the reference? Guess where you "
    "cannot tell.",
}
FINISH_TEXT = "Your name or number, another for each listener:"
VOLUME_TEXT = "Set a comfortable volume, and leave it there."
BEGIN_TEXT = "That was for practice. Now it counts."


def configuration(design: ListeningTest, folder: str) -> str:
    """YAML for webMUSHRA's folder `configs`; `folder`, relative to webMUSHRA's root, is where the stimuli are."""
    first = design.trials[0]
    trials = [_page(design, trial, trial.id, folder) for trial in design.trials]
    head = {
        "testname": "Listening test",
        "testId": design.id,
        "bufferSize": 2048,
        "stopOnErrors": True,
        "showButtonPreviousPage": False,
        "remoteService": "service/write.php",
    }
    pages: list[Any] = [
        {"type": "generic", "id": "welcome", "name": "Welcome", "content": f"<p>{TASKS[design.kind]}</p>"},
        {
            "type": "volume", "id": "volume", "name": "Volume", "stimulus": f"{folder}/{first.reference}",
            "defaultVolume": 0.5, "content": f"<p>{VOLUME_TEXT}</p>",
        },
        _page(design, first, TRAINING, folder),
        {"type": "generic", "id": "begin", "name": "Ready", "content": f"<p>{BEGIN_TEXT}</p>"},
        ["random", *trials],
        {
            "type": "finish", "name": "Thank you", "content": f"<p>{FINISH_TEXT}</p>",
            "popupContent": "Your answers were sent.", "showResults": False, "writeResults": True,
            "questionnaire": [{"type": "text", "label": "Listener", "name": LISTENER}],
        },
    ]  # fmt: skip
    return _dumped(head) + "pages:\n" + _listed(pages, 4)


class _Indented(yaml.SafeDumper):  # type: ignore[misc]
    """webMUSHRA's parser takes a list for one where it stands deeper than its key alone."""

    def increase_indent(self, flow: bool = False, indentless: bool = False) -> None:  # noqa: ARG002
        super().increase_indent(flow, False)


def _dumped(value: Any) -> str:
    """In lines of any length: that parser joins none."""
    text: str = yaml.dump(value, Dumper=_Indented, sort_keys=False, allow_unicode=True, width=10**6)
    return text


def _listed(items: list[Any], depth: int) -> str:
    """A list within a list begins on a line of its own, which PyYAML does not write."""
    pad, parts = " " * depth, []
    for item in items:
        if isinstance(item, list):
            parts.append(f"{pad}-\n{_listed(item, depth + 4)}")
        elif isinstance(item, str):
            parts.append(f"{pad}- {item}\n")
        else:
            lines = textwrap.indent(_dumped(item), f"{pad}  ")
            parts.append(f"{pad}- {lines[depth + 2 :]}")
    return "".join(parts)


def _page(design: ListeningTest, trial: Trial, name: str, folder: str) -> dict[str, Any]:
    training = name == TRAINING
    page: dict[str, Any] = {
        "type": "mushra" if design.kind == "mushra" else "paired_comparison",
        "id": name,
        "name": "Practice" if training else "Trial",
        "content": f"<p>{TASKS[design.kind]}</p>",
        "showWaveform": False,
        "enableLooping": True,
        "reference": f"{folder}/{trial.reference}",
        "createAnchor35": False,
        "createAnchor70": False,
        "stimuli": {stimulus.code: f"{folder}/{stimulus.file}" for stimulus in trial.stimuli},
    }
    if design.kind == "mushra":
        page |= {"randomize": True, "showConditionNames": False, "strict": True}
    return page
