"""Write what stands between cog's markers in the documents, or say which of them would change."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

from codecbench.errors import UsageError

ROOT = Path(__file__).parents[2]
COMMAND = "python -m recipes documents"


def documents() -> list[Path]:
    """Those that have something between markers."""
    every = [ROOT / "README.md", ROOT / "CONTRIBUTING.md", *sorted((ROOT / "docs").glob("*.md"))]
    every += sorted((ROOT / "reports").glob("*.md"))
    return [path for path in every if "[[[cog" in path.read_text(encoding="utf-8")]


def write(paths: Iterable[Path]) -> None:
    """Raises UsageError where a document's own code fails."""
    for path in paths:
        _cog("-r", path)


def outdated(paths: Iterable[Path]) -> list[Path]:
    """Those whose text is not what would be written now. Raises as `write`."""
    return [path for path in paths if not _cog("--check", path)]


def _cog(action: str, path: Path) -> bool:
    """Returns False where `path` would change."""
    from cogapp import Cog
    from cogapp.cogapp import CogCheckFailed, CogError

    try:
        Cog().callable_main(["cog", "-U", "--verbosity=0", action, str(path)])
    except CogCheckFailed:
        return False
    except CogError as error:
        raise UsageError(f"{path.name}: the code between its markers failed: {error}") from error
    return True
