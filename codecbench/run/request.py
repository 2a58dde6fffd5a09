"""What the user asked for, as on the command line."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, fields, replace
from pathlib import Path
from typing import Any, Literal

from codecbench.conditions import WIDE_BAND, Condition
from codecbench.run.settings import Setting
from codecbench.run.shard import Shard, Unit, parse_part

CostMode = Literal["quick", "full", "none"]
KeepAudio = Literal["samples", "all", "none"]
NullFloor = Literal["sample", "full"]


@dataclass(frozen=True)
class Request:
    """What a run is to do. `codecbench score` plans by the request that the run's folder holds."""

    out: Path
    codecs: str = "all"
    dataset: str = "probe"
    language: str = ""
    """What is spoken in utterances that name no language, a code; empty: as the dataset's card says, else English."""
    condition: Condition = WIDE_BAND
    """See `codecbench.conditions`."""
    payloads: Path | None = None
    """A folder of payloads, or its manifest, that are decoded in place of what codecs encode; `dataset` is unused."""
    noise: Path | None = None
    """A folder of the user's recordings for it: see `codecbench.noise_folders`."""
    bitrates: str | None = None
    metrics: str | None = None
    limit: int | None = None
    """So many utterances, a speaker after the other: see `codecbench.run.chosen`."""
    utterances: tuple[str, ...] | None = None
    """Of `score`: the ids of those that the folder holds."""
    jobs: int = 1
    device: str = "cpu"
    device_jobs: int = 1
    """Coding tasks at once on a device that is not the CPU; all `jobs` score meanwhile."""
    seed: int = 0
    seeds: int = 1
    """Of a stochastic decoder, this many from `seed` on."""
    weights: Mapping[str, Path] = field(default_factory=dict)
    """By codec or metric, the user's files."""
    pythons: Mapping[str, Path] = field(default_factory=dict)
    """By codec or metric, the user's interpreter that runs its side: see `codecbench.api.Environment`."""
    files: tuple[Path, ...] = ()
    """Of plugins that no distribution has registered."""
    settings: tuple[Setting, ...] = ()
    """Of codecs, as the user wants them."""
    cost: CostMode = "quick"
    measure_again: bool = False
    """Speed, of codecs whose CPU time alone was kept because the machine was busy."""
    keep_audio: KeepAudio = "samples"
    cell_seconds: float = 60.0
    load_seconds: float = 600.0
    """For a codec to be built in a process, before its first cell there."""
    generations: Mapping[str, int] = field(default_factory=dict)
    """By a codec's spec: how often it was found to be another one than the folder's, by what is in no hash."""
    command: str = ""
    preset: str = ""
    """The label of the preset that chose options which were not typed: see `codecbench.presets`."""
    ladder: bool = False
    """Also score each codec in part: see `codecbench.api.Ladder`."""
    recognizer: str | None = None
    """An id, or a model of the user's own: see `codecbench.recognizers.choice`. None is the first registered."""
    recognizer_device: str = "cpu"
    null_floor: NullFloor = "sample"
    """How many inaudible changes of each original the recognizer hears: see `codecbench.metrics.hallucination`."""
    shard: Shard | Unit | None = None
    """Only this part of the cells: see `codecbench.run.share`. Keys and figures of a cell do not depend on it."""

    @property
    def measures_cost(self) -> bool:
        """Of all shards the first alone: speeds of several machines, or of one that is busy, do not compare."""
        first = self.shard is None or (isinstance(self.shard, Shard) and self.shard.index == 1)
        return self.cost != "none" and first

    def as_json(self) -> dict[str, Any]:
        """What the store keeps, so that `score` can plan the same cells again."""
        values = dict(vars(self)) | {"weights": {spec: str(path) for spec, path in self.weights.items()}}
        values["pythons"] = {spec: str(path) for spec, path in self.pythons.items()}
        values["payloads"] = self.payloads and str(self.payloads)
        values["files"] = list(map(str, self.files))
        values["noise"] = self.noise and str(self.noise)
        values["shard"] = self.shard and str(self.shard)
        del values["out"]
        return values

    @classmethod
    def from_json(cls, values: Mapping[str, Any], out: Path) -> Request:
        """The request that a folder holds; what an older codecbench kept besides is left out."""
        known = {one.name for one in fields(cls)}
        weights = {spec: Path(path) for spec, path in values["weights"].items()}
        pythons = {spec: Path(path) for spec, path in (values.get("pythons") or {}).items()}
        kept = {name: value for name, value in values.items() if name in known}
        shard = parse_part(values["shard"]) if values.get("shard") else None
        settings = tuple(Setting(*one) for one in values.get("settings") or ())
        files = tuple(map(Path, values.get("files") or ()))
        read: dict[str, Any] = {
            "weights": weights, "pythons": pythons, "shard": shard, "settings": settings, "files": files,
        }  # fmt: skip
        for name in ("noise", "payloads"):
            read[name] = Path(values[name]) if values.get(name) else None
        return cls(**kept | read | {"out": out})

    def scoring(self, metrics: str | None, jobs: int, specs: Sequence[str], utterances: Sequence[str]) -> Request:
        """A request to score all that the folder holds with `metrics`: these codecs and utterances."""
        return replace(
            self, metrics=metrics, jobs=jobs, codecs=",".join(specs), bitrates=None, limit=None,
            utterances=tuple(utterances), cost="none", ladder=False,
        )  # fmt: skip
