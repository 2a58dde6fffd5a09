"""Where a module's tests are: whoever changes a module finds them by its path and name.

codecbench/a/b.py has tests/a/test_b.py, plugins/codecbench_x/y.py has tests/plugins/x/test_y.py, recipes/a/b.py has
tests/recipes/a/test_b.py.
"""

from __future__ import annotations

from collections import Counter
from pathlib import Path

from conftest import REPOSITORY

LEAST = 0.6
"""Share of modules with a mirror; what is tested through others (a verb, a whole run) needs none."""
NAMED = 5
PACKAGES = ("codecbench", "plugins", "recipes")
WITHOUT = ("__init__.py", "__main__.py")


def mirror(module: Path) -> Path:
    """Where the tests of `module` belong; both relative to the repository.

    >>> mirror(Path("plugins/codecbench_classic/opus.py")).as_posix()
    'tests/plugins/classic/test_opus.py'
    """
    package, *folders = module.parts[:-1]
    if package == "plugins":
        folders[0] = folders[0].removeprefix("codecbench_")
    if package != "codecbench":
        folders.insert(0, package)
    return Path("tests", *folders, f"test_{module.name}")


def test_modules_have_their_tests_by_path_and_name() -> None:
    found = (path for package in PACKAGES for path in (REPOSITORY / package).rglob("*.py"))
    modules = [path.relative_to(REPOSITORY) for path in found if path.name not in WITHOUT]
    bare = [module for module in modules if not (REPOSITORY / mirror(module)).is_file()]
    share = 1 - len(bare) / len(modules)
    most = Counter(module.parent.as_posix() for module in bare).most_common(NAMED)
    told = ", ".join(f"{package} ({count})" for package, count in most)
    assert share >= LEAST, f"{share:.0%} of {len(modules)} modules have their mirror; most are lacking in {told}"


def test_each_part_of_the_repository_has_its_place() -> None:
    expected = {
        "codecbench/audio.py": "tests/test_audio.py",
        "codecbench/run/workers/codecs.py": "tests/run/workers/test_codecs.py",
        "plugins/codecbench_dac/model.py": "tests/plugins/dac/test_model.py",
        "recipes/training/data.py": "tests/recipes/training/test_data.py",
    }
    assert {module: mirror(Path(module)).as_posix() for module in expected} == expected
