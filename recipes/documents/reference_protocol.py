"""docs/reference-track.md and README.md: what the present figures of the reference track are, and what they are not."""

from __future__ import annotations

import json
from dataclasses import dataclass
from importlib.resources import files

from recipes.codecs import codecs
from recipes.documents.reference_track import BUDGET, at_budget, chosen, seeds
from recipes.documents.reports import NUMBERS, Reports, listed, paragraph, require
from recipes.training.validation import LONGEST_S

NOTE = "a note on early learning"


@dataclass(frozen=True)
class ShippedTraining:
    """What all shipped weights were trained and judged by: seconds of speech and of crops drawn from it."""

    updates: int
    speech_seconds: float
    speakers: int
    crop_seconds: float
    clips: int

    @property
    def told(self) -> str:
        return f"{self.updates:,} updates see {self.crops}, which are {self.speech} heard about {self.passes} times"

    @property
    def speech(self) -> str:
        return f"{self.speech_seconds / 60:.0f} minutes of speech by {self.speakers} speakers"

    @property
    def crops(self) -> str:
        return f"{self.crop_seconds / 3600:.1f} hours of crops"

    @property
    def passes(self) -> str:
        return NUMBERS[round(self.crop_seconds / self.speech_seconds)]


def shipped_training() -> ShippedTraining:
    """Raises UsageError where the shipped weights were not trained alike."""
    trainings = {_training(codec) for codec in codecs()}
    require(len(trainings) == 1, "all are trained alike")
    return trainings.pop()


def _training(codec: str) -> ShippedTraining:
    facts = json.loads((files(f"codecbench_{codec}") / "weights" / f"{codec}-reference.json").read_text())
    clips = {int(terms["clips"]) for terms in facts["validation"].values()}
    require(len(clips) == 1, "all operating points are scored on the same clips")
    return ShippedTraining(
        facts["updates"], facts["train_seconds"], facts["speakers"], facts["audio_seconds"], clips.pop()
    )


def require_protocol_1(reports: Reports) -> None:
    """Raises UsageError once there are results that can carry more than the documents now say."""
    require(not any(one.tested for one in reports.trainings), f"the present figures are {NOTE}, by protocol 1")


def what_these_are(reports: Reports | None = None) -> str:
    """Before any figure."""
    reports, shipped = reports or Reports(), shipped_training()
    require_protocol_1(reports)
    return paragraph(
        f"**The figures below are {NOTE}, and no comparison of architectures.** They are scored on {shipped.clips} "
        f"clips of at most {LONGEST_S} s, one of each validation speaker, and the same clips chose the learning rates. "
        f"{shipped.told} (one of the speakers is a label for more than 50 people). So they say what each codec reaches "
        "early, on those clips; they do not say that one architecture is ahead of another."
    )


def weights_sentence() -> str:
    """For README.md: what the reference weights were trained by."""
    shipped = shipped_training()
    return paragraph(
        "The reference weights of this release are codecbench's own small training and not the authors' models: "
        f"{shipped.speech}, {shipped.updates:,} updates ({shipped.crops}), without adversary. They tell what an "
        "architecture learns soon, not what it can do."
    )


def readme_sentence(reports: Reports | None = None) -> str:
    """For README.md: what the track's figures are."""
    shipped = shipped_training()
    require_protocol_1(reports or Reports())
    return paragraph(
        "All seven neural codecs trained by one recipe on the same speech with the same updates, crops and losses: "
        "[docs/reference-track.md](docs/reference-track.md), with how to train your own. Its present figures are "
        f"{NOTE}: {shipped.speech}, {shipped.updates:,} updates, scored on {shipped.clips} clips of at most "
        f"{LONGEST_S} s that also chose the learning rates. They put no architecture before another; the protocol of "
        "the next trainings is made to."
    )


def seed_spread(reports: Reports | None = None) -> str:
    """What another seed changes."""
    reports = reports or Reports()
    (_, estoi), (_, pesq) = (at_budget(reports, metric) for metric in ("estoi", "pesq_wb"))
    require(estoi.freedom == pesq.freedom, "one number of degrees of freedom")
    counts = list(seeds(reports.trainings).values())
    told = ", ".join(
        f"{NUMBERS[count]}{' seeds' if not place else ''} of {NUMBERS[counts.count(count)]}"
        for place, count in enumerate(sorted(set(counts)))
    )
    best = sorted(_best(reports, "ibpcodec"))
    others = {codec: _best(reports, codec) for codec in seeds(reports.trainings) if codec != "ibpcodec"}
    most = max(max(values) - min(values) for values in others.values())
    require(best[-1] - best[0] > most, "IBPCodec's differ most")
    return paragraph(
        f"Another seed changes a score on these clips by a standard deviation of ESTOI {estoi.deviation:.3f}, PESQ-WB "
        f"{pesq.deviation:.3f} ({estoi.freedom} degrees of freedom: {told}); IBPCodec's differ most (PESQ-WB at 6 kbps "
        f"{listed([f'{value:.2f}' for value in best])}), the others' by {most:.2f} at most. A lead of 0.1 by one seed "
        "can be luck. What other speakers would change is not in these figures at all."
    )


def _best(reports: Reports, codec: str) -> list[float]:
    """PESQ-WB at the highest rate, of each seed."""
    mine = [one.scores for one in chosen(reports.trainings) if (one.codec, one.budget) == (codec, BUDGET)]
    return [scores[max(scores)]["pesq_wb"] for scores in mine]
