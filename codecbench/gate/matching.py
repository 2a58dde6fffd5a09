"""What of a run answers to what of a baseline: pairs to compare, what fell, and what could not be measured."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from scipy.special import bdtrc

from codecbench.analysis.paired import Paired, pair
from codecbench.analysis.significance import PairedTest, fewest_speakers
from codecbench.gate.baseline import Baseline, BaselineRow, Scores, known_metric
from codecbench.gate.exact import Exact, compare_figures
from codecbench.gate.thresholds import Settings, floor_names
from codecbench.printing.wording import count
from codecbench.store.ids import Place
from codecbench.store.revision import disagreement

CHANCE = 1e-4
"""Below it, more abstentions than before are no chance. Only of metrics without a better side, which abstain now and
then (a delay without a peak): of the others an utterance that had a score and has none is one that the codec lost."""


@dataclass(frozen=True)
class Broken:
    """Cells that were ok in the baseline and now fail."""

    place: Place
    metric: str
    utterances: tuple[str, ...]
    reason: str


@dataclass(frozen=True)
class Unmeasured:
    """What could not be compared, and why."""

    what: str
    reason: str


@dataclass(frozen=True)
class Scope:
    """What to compare: codecs (`name` or `name:checkpoint`; None: all of the baseline), and whether a part is enough.

    With `subset` the run may have less than the baseline: fewer codecs, points, metrics or utterances.
    """

    codecs: tuple[str, ...] | None = None
    subset: bool = False

    def includes(self, place: Place) -> bool:
        return self.codecs is None or bool({place.codec, place.spec} & set(self.codecs))


@dataclass(frozen=True)
class MetricPair:
    """One metric at one place, on the utterances that both sides have. `higher`: whether higher is better."""

    place: Place
    metric: str
    paired: Paired
    higher: bool | None

    @property
    def loss(self) -> float:
        """Positive where it got worse. Without a better side (delay, level): by moving, unless mostly towards 0."""
        change = self.paired.change.value
        if self.higher is None:
            towards = abs(self.paired.after) <= abs(self.paired.before) - abs(change) / 2
            return -abs(change) if towards else abs(change)
        return -change if self.higher else change

    def test(self, margin: float = 0.0) -> PairedTest:
        """Of a loss beyond `margin`."""
        return PairedTest(self.paired, -1 if self.higher else 1, self.higher is None, margin)


class Matching:
    """Walks over the baseline and takes from the run what answers to it."""

    def __init__(self, before: Baseline, after: Baseline, settings: Settings, scope: Scope) -> None:
        self.before, self.after, self.settings, self.scope = before, after, settings, scope
        self.pairs: list[MetricPair] = []
        self.exact: list[Exact] = []
        self.broken: list[Broken] = []
        self.unmeasured: list[Unmeasured] = []
        self.perfect: list[str] = []
        self.notes: list[str] = []
        self.clusters = _clusters(before, after)

    def collect(self) -> None:
        if not self._same_question():
            return
        self._require_utterances()
        rows = [row for row in self.before.rows if self.scope.includes(row.place)]
        for row in rows:
            now = self.after.row(row.place)
            if now is None:
                self._no_row(row.place)
                continue
            self.exact += compare_figures(
                row, now, (self.before, self.after), self.settings.exact_payload, self.settings.bitrate
            )
            for metric in self._metrics(row):
                self._metric(row, now, metric)
        self._require_scope(rows)
        self._note_idle_floors()

    def require_speakers(self, level: float) -> None:
        """Too few for any loss to be told from chance, however large."""
        # A metric that may lose in both directions needs one more.
        both = any(pair.higher is None for pair in self.pairs)
        least = fewest_speakers(level / 2 if both else level)
        speakers = len({difference.cluster for pair in self.pairs for difference in pair.paired.differences})
        if speakers < least:
            self._add("every metric", f"{speakers} independent speakers on the common utterances; a level of "
                      f"{level:g} needs {least} (readers of one text count as one, and without a speaker column each "
                      "utterance as its own)")  # fmt: skip
            return
        for one in self.pairs:
            if not one.test().tells(level):
                self.notes.append(f"{one.metric} of {one.place}: no loss can be told from chance, it is known for "
                                  f"{count(one.test().clusters, 'speaker')} alone")  # fmt: skip

    def _same_question(self) -> bool:
        for what, was, now, why in self._differences():
            self._add(f"dataset '{self.after.dataset}'", f"its {what} is {now[:12]}, the baseline's {was[:12]}{why}: "
                      "another question; measure on the same speech or write a new baseline")  # fmt: skip
            return False
        for side in (self.before, self.after):
            if not side.finished:
                self._add(f"'{side.source}'", "the run is not finished: run the same command again to go on")
        return True

    def _differences(self) -> Iterator[tuple[str, str, str, str]]:
        """What is asked otherwise, what it was and is, and why: a revision alone may be of more utterances."""
        before, after = self.before, self.after
        if before.revision != after.revision:
            reason = disagreement(*({id: one.revision for id, one in side.utterances.items()}
                                    for side in (before, after)))  # fmt: skip
            if reason is not None:
                yield "revision", before.revision, after.revision, f" ({reason})"
        if before.condition != after.condition:
            yield "condition", before.condition, after.condition, ""

    def _require_utterances(self) -> None:
        absent = [name for name in self.before.utterances if name not in self.after.utterances]
        if absent and (not self.scope.subset or len(absent) == len(self.before.utterances)):
            self._add(f"{len(absent)} of {len(self.before.utterances)} utterances",
                      f"not in the run (first: {absent[0]}); run all of them, or pass --subset")  # fmt: skip

    def _require_scope(self, rows: Sequence[BaselineRow]) -> None:
        for spec in self.scope.codecs or ():
            if not any({row.place.codec, row.place.spec} & {spec} for row in rows):
                self._add(f"codec '{spec}'", f"it is not in the baseline, which has: {', '.join(self.before.codecs)}")
        if not self.unmeasured and not self.pairs and not self.broken and not self.perfect:
            self._add("anything", "run and baseline have no codec, point and metric in common")

    def _note_idle_floors(self) -> None:
        """A floor under which nothing here can fall, for another baseline of the project perhaps."""
        held = {(name, one.metric) for one in self.pairs for name in floor_names(one.place)}
        for place, metric in sorted(self.settings.floors.keys() - held):
            of = f" of {place}" if place else ""
            self.notes.append(f"the floor for {metric}{of} holds nothing here: no such score was compared")

    def _metrics(self, row: BaselineRow) -> list[str]:
        wanted = self.settings.metrics
        for metric in wanted or ():
            if metric not in row.metrics:
                self._add(f"{metric} of {row.place}", f"it is not in the baseline, which has: {', '.join(row.metrics)}")
        return [name for name in row.metrics if wanted is None or name in wanted]

    def _metric(self, row: BaselineRow, now: BaselineRow, metric: str) -> None:
        what = f"{metric} of {row.place}"
        old, new = row.metrics[metric], now.metrics.get(metric)
        if new is None:
            self._absent(what, "the run has no such score", f"codecbench score RUN --metrics {metric} adds it")
            return
        reason = self._other_metric(metric, old, new)
        if reason:
            self._add(what, reason)
            return
        self._fallen(row.place, metric, old, new)
        try:
            paired = pair(old.values, new.values, self.clusters)
        except ValueError as error:
            self._add(what, str(error))
            return
        if paired is not None:
            self.pairs.append(MetricPair(row.place, metric, paired, self._higher(metric)))

    def _higher(self, metric: str) -> bool | None:
        return known_metric(metric, self.after, self.before).higher_is_better

    def _other_metric(self, metric: str, old: Scores, new: Scores) -> str | None:
        if old.version != new.version:
            return f"version {new.version}, the baseline has {old.version}: figures of two definitions are not compared"
        was, now = known_metric(metric, self.before), known_metric(metric, self.after)
        if None not in (was.parameters, now.parameters) and was.parameters != now.parameters:
            return f"parameters {now.parameters}, the baseline has {was.parameters}"
        recognizers = self.before.recognizer, self.after.recognizer
        if now.uses_recognizer and None not in recognizers and recognizers[0] != recognizers[1]:
            return "another recognizer or another version of its model than the baseline's"
        return None

    def _fallen(self, place: Place, metric: str, old: Scores, new: Scores) -> None:
        """Utterances that had a score and have none now; where nothing can be better, none is as good as it gets."""
        gone = {name: new.missing[name] for name in sorted(old.values) if name in new.missing}
        faultless = [name for name, why in gone.items() if why.perfect]
        if faultless:
            self.perfect.append(f"{metric} of {place} could not be better on {count(len(faultless), 'utterance')} that "
                                f"had a score: {gone[faultless[0]].reason}")  # fmt: skip
            self.notes.append(self.perfect[-1])
            gone = {name: why for name, why in gone.items() if not why.perfect}
        failed = [name for name in gone if gone[name].status == "failed"]
        if failed:
            self.broken.append(Broken(place, metric, tuple(failed), gone[failed[0]].reason))
        skipped = [name for name in gone if gone[name].status == "skipped"]
        if skipped:
            self._add(
                f"{metric} of {place}", f"skipped on {count(len(skipped), 'utterance')}: {gone[skipped[0]].reason}"
            )
        abstained = [name for name in gone if gone[name].status == "abstained"]
        if not abstained:
            return
        reason = f"abstains on {count(len(abstained), 'utterance')} that had a score: {gone[abstained[0]].reason}"
        gained = sum(name not in old.values for name in new.values)
        chance = float(bdtrc(len(abstained) - 1, len(abstained) + gained, 0.5))
        if self._higher(metric) is None and chance >= CHANCE and len(gone) < len(old.values):
            self.notes.append(f"{metric} of {place} {reason}")
        else:
            self._add(f"{metric} of {place}", reason)

    def _no_row(self, place: Place) -> None:
        """What the run was to measure and skipped is missing even where a part is enough."""
        skipped = self.after.skipped.get(place.spec)
        if skipped:
            self._add(str(place), f"skipped: {skipped}")
        else:
            self._absent(str(place), "it is not in the run", f"measure it too (the run has: {self._instead_of(place)})")

    def _instead_of(self, place: Place) -> str:
        """The run's other points of the same codec, else its codecs: after a renaming the new name is among them."""
        others = [row.place for row in self.after.rows]
        mine = [str(other) for other in others if other.spec == place.spec]
        return ", ".join(mine or dict.fromkeys(other.codec_id.short for other in others)) or "nothing"

    def _absent(self, what: str, reason: str, todo: str) -> None:
        """What is gone on purpose is gone from the next baseline too."""
        if self.scope.subset:
            self.notes.append(f"not compared: {what} ({reason})")
        else:
            self._add(what, f"{reason}; {todo}, or write a new baseline where this was meant")

    def _add(self, what: str, reason: str) -> None:
        self.unmeasured.append(Unmeasured(what, reason))


def _clusters(*sides: Baseline) -> Mapping[str, str]:
    """By utterance, of the side that tells fewer apart: older files know speakers alone, and not all of them."""
    common = set.intersection(*(set(side.utterances) for side in sides))
    return min((side.clusters for side in sides), key=lambda clusters: len({clusters[one] or one for one in common}))
