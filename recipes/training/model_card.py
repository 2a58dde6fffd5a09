"""A model card for shipped weights, after Mitchell et al. 2019: data, budget, use, failures, and its own scores."""

from __future__ import annotations

from typing import Any

from jinja2 import Environment, StrictUndefined
from tabulate import tabulate

from recipes.codecs import known_failures
from recipes.training.validation import LONGEST_S, mean_terms

LICENCE = "Apache-2.0"
DATA = (
    "Read English speech: LibriSpeech train-clean-100 (V. Panayotov et al., CC BY 4.0), LibriTTS (H. Zen et al., "
    "CC BY 4.0) and spoken commands of Picovoice's speech-to-intent benchmark (Apache-2.0)."
)

TEMPLATE = """# {{ codec }}:reference

Weights of codecbench's controlled track: trained by `recipes/` on the same speech, with the same updates, crops and
losses as those of the other codecs. Not the authors' model, and not the best that the architecture can be.

| | |
|---|---|
| licence | {{ licence }} |
| size | {{ "%.1f" % (size / 1e6) }} MB, float16 |
| training data | {{ "%.0f" % (facts.train_seconds / 60) }} minutes of {{ facts.speakers }} speakers, manifest \
sha256 `{{ facts.manifest_sha256[:16] }}` |
| budget | {{ "{:,}".format(facts.updates) }} updates of {{ facts.batch }} crops of {{ "%g" % facts.crop_seconds }} s: \
{{ "%.1f" % (facts.audio_seconds / 3600) }} hours of crops, \
{{ "%.1f" % (facts.audio_seconds / facts.train_seconds) }} times the training data |
| peak learning rate, seed | {{ "%g" % facts.rate }}, {{ facts.seed }} |
| hardware | {{ facts.hardware }}, {{ facts.threads }} thread(s), torch {{ facts.torch }} |

**Data.** {{ data }}

**Intended use.** Comparing codecs at equal training; tests and examples that need a trained codec. English read speech
at 16 kHz. Not for products: weights of this budget change voices and lose words.

**Known failures.** {{ failures }} Other languages, music, several voices at once and noise were not trained.

**Scores** of {{ judged }} (the report has those of the built-in speech):

{{ scores }}
"""


def model_card(codec: str, facts: dict[str, Any], size: int) -> str:
    """Markdown from what a training wrote down; `size` in bytes."""
    reported = {count: mean_terms(list(speakers.values())) for count, speakers in facts.get("test", {}).items()}
    reported = reported or facts["validation"]
    scores = tabulate(
        [
            [count, terms.get("pesq_wb"), terms.get("estoi"), terms["mel"]]
            for count, terms in reported.items()
        ],
        headers=["codebooks", "PESQ-WB", "ESTOI", "log mel distance"],
        tablefmt="github",
        floatfmt=".3f",
        missingval="n/a",
    )  # fmt: skip
    clips = int(next(iter(reported.values()))["clips"])
    judged = f"{clips} validation speakers, first {LONGEST_S} s each, who also chose the learning rate"
    if "test" in facts:
        judged = f"{clips} test speakers, whole utterances, whom neither training nor the choice of its rate heard"
    environment = Environment(undefined=StrictUndefined, keep_trailing_newline=True)  # nosec B701 - Markdown
    return environment.from_string(TEMPLATE).render(
        codec=codec, facts=facts, judged=judged, size=size, licence=LICENCE, data=DATA,
        failures=known_failures(codec), scores=scores,
    )  # fmt: skip
