"""What is kept of a codec's own environment: where its code ran, and what is installed there."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from typing import Any


@dataclass(frozen=True)
class EnvironmentFacts:
    """`python` is a version, `packages` versions by distribution. `made_with` is "uv 0.13.9", or empty where
    `interpreter`, a path, is the user's own. `side_sha256` is of the file that ran there.
    """

    requirements: tuple[str, ...]
    python: str
    packages: Mapping[str, str]
    side_sha256: str
    made_with: str = ""
    interpreter: str = ""
    checkout_sha256: str = ""
    """Of the Python files of a checkout that the user named, where its code is no package."""

    @property
    def identity(self) -> str:
        """What of it decides results: not who made it, nor where it is."""
        parts = [self.requirements, self.python, sorted(self.packages.items()), self.side_sha256, self.checkout_sha256]
        return hashlib.sha256(json.dumps(parts, separators=(",", ":")).encode()).hexdigest()

    @property
    def of_requirements(self) -> Mapping[str, str]:
        """The versions of what the card requires, by distribution."""
        from packaging.requirements import Requirement
        from packaging.utils import canonicalize_name

        wanted = {canonicalize_name(Requirement(text).name) for text in self.requirements}
        return {name: version for name, version in self.packages.items() if canonicalize_name(name) in wanted}

    def as_json(self) -> dict[str, Any]:
        return asdict(self)

    @classmethod
    def from_json(cls, values: Mapping[str, Any] | None) -> EnvironmentFacts | None:
        """What `as_json` returned; None of None."""
        if values is None:
            return None
        return cls(**{**values, "requirements": tuple(values["requirements"])})
