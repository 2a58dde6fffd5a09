"""Which Python runs the side of each codec or metric that has an environment of its own: made, or the user's."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path

from codecbench.api import CodecCard, CodecOptions, Environment, Interpreter, MetricCard
from codecbench.api.codec import SOURCE
from codecbench.environments.folders import EnvironmentRecord, environment_folder, not_made, python_in
from codecbench.environments.making import Say, make
from codecbench.environments.probing import UnusableInterpreter, probe
from codecbench.environments.side import checkout_sha256, side_sha256
from codecbench.errors import Unavailable, UsageError
from codecbench.plugins import Registered
from codecbench.store.environments import EnvironmentFacts


@dataclass(frozen=True)
class ChosenEnvironment:
    """`interpreter` is for the codec's options, `facts` are for keys and the store."""

    interpreter: Interpreter
    facts: EnvironmentFacts


@dataclass(frozen=True)
class Environments:
    """`given` are the user's interpreters by spec, or by metric. What is not made is made, and told of by `say`; None
    makes none.
    """

    given: Mapping[str, Path]
    say: Say | None = None

    def of(self, entry: Registered[CodecCard], options: CodecOptions) -> ChosenEnvironment | None:
        """None of a codec that runs in this environment.

        Raises:
            Unavailable: there is none, and none can be made; or it needs a GPU.
            UsageError: the user's interpreter cannot run a side.
        """
        card, environment = entry.card, entry.card.environment
        if environment is None:
            return None
        if environment.gpu and options.device == "cpu":
            raise Unavailable(f"{card.spec}: it needs a GPU; run it with --device cuda")
        # Before anything is made that it would not use.
        checkout = checkout_sha256(card.spec, environment, str(options.settings.get(SOURCE, "")))
        return self._chosen(card.spec, environment, entry.module, checkout)

    def of_metric(self, entry: Registered[MetricCard]) -> ChosenEnvironment:
        """That of a metric whose card has one. Raises as `of`."""
        environment = entry.card.environment
        assert environment is not None
        return self._chosen(entry.card.id, environment, entry.module, "")

    def _chosen(self, name: str, environment: Environment, module: str, checkout: str) -> ChosenEnvironment:
        side = side_sha256(environment, module)
        if name in self.given:
            return self._given(name, self.given[name], environment.requirements, side, checkout)
        folder = environment_folder(environment)
        record = EnvironmentRecord.read(folder) if self.say is None else make(name, environment, self.say)
        if record is None:
            raise Unavailable(not_made(name))
        try:
            found = probe(python_in(folder), isolated=True)  # not what it was when it was made: somebody may have added
        except UnusableInterpreter as error:
            raise Unavailable(
                f"{name}: its environment is broken ({error}); `codecbench environments remove {name}`, then run again"
            ) from error
        facts = EnvironmentFacts(
            environment.requirements, found.python, found.packages, side, record.made_with, "", checkout
        )
        return ChosenEnvironment(Interpreter(python_in(folder), found.sha256), facts)

    def _given(
        self, name: str, path: Path, requirements: tuple[str, ...], side: str, checkout: str
    ) -> ChosenEnvironment:
        try:
            found = probe(path, isolated=False)
        except UnusableInterpreter as error:
            raise UsageError(f"--python {name}={path}: {error}") from error
        facts = EnvironmentFacts(requirements, found.python, found.packages, side, "", str(path), checkout)
        return ChosenEnvironment(Interpreter(path, found.sha256, isolated=False), facts)


def refuse_pythons(given: Iterable[str], cards: Mapping[str, CodecCard]) -> None:
    """Raises UsageError for an interpreter of a codec that is not among `cards`, or has no environment of its own."""
    for spec in sorted(given):
        if spec not in cards:
            raise UsageError(f"--python {spec}: that codec is not in --codecs; in the run: {', '.join(cards)}")
        if cards[spec].environment is None:
            raise UsageError(
                f"--python {spec}: its card names no environment, so that it runs in codecbench's own; leave it out, "
                "or register its card with an Environment and a side (docs/environments.md)"
            )
