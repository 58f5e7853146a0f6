"""A test of a module is found in the folder of `tests/unit` that has the path of the module.

No test is imported: what several tests use is in a module beside them, or in `testbed`.
"""

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Final

import pytest

from streamwarden.domain.rules import FAMILIES

ROOT: Final = Path(__file__).parents[3]
TESTS: Final = ROOT / "tests" / "unit"
LAYER: Final = ROOT / "layers" / "streamwarden" / "streamwarden"
PACKAGES: Final = {
    "domain": LAYER / "domain",
    "services": LAYER / "services",
    "adapters": LAYER / "adapters",
    "bootstrap": LAYER / "bootstrap",
    "cli": ROOT / "cli" / "streamwarden_cli",
    "simulator": ROOT / "simulator" / "ivs_simulator",
    "benchmarks": ROOT / "benchmarks",
    "examples": ROOT / "examples",
    "scripts": ROOT / "scripts",
}
# What a folder of tests is about that is about no package.
_OTHERS: Final = {"project"}
_IMPORT_OF_A_TEST: Final = re.compile(r"^ *(?:from|import) tests\..*\btest_.*", re.MULTILINE)


def modules_in(folder: Path) -> Iterator[Path]:
    """The paths of modules and packages within the folder, without a suffix."""
    for file in folder.rglob("*.py"):
        path = file.relative_to(folder)
        yield path.parent if file.name == "__init__.py" else path.with_suffix("")


def named_tests(folder: Path) -> Iterator[Path]:
    return (each for each in modules_in(folder) if each.name.startswith("test_"))


def test_every_folder_of_tests_is_about_a_package() -> None:
    folders = {file.parent.name for file in TESTS.glob("*/*.py")}

    assert folders - _OTHERS == PACKAGES.keys()


@pytest.mark.parametrize("name", PACKAGES)
def test_a_folder_of_tests_has_the_path_of_what_it_tests(name: str) -> None:
    tested = {module.parent for module in modules_in(TESTS / name)}

    assert tested - {Path(), *modules_in(PACKAGES[name])} == set()


@pytest.mark.parametrize("name", PACKAGES)
def test_a_test_that_is_named_as_a_module_lies_where_the_module_does(name: str) -> None:
    modules = set(modules_in(PACKAGES[name]))
    names = {module.name for module in modules}

    astray = [
        test
        for test in named_tests(TESTS / name)
        if (about := test.name.removeprefix("test_")) in names
        and about != test.parent.name
        and test.with_name(about) not in modules
    ]

    assert astray == []


@pytest.mark.parametrize("family", FAMILIES)
def test_every_rule_kind_has_a_test_of_its_name_in_its_family(family: str) -> None:
    tests = {test.name for test in named_tests(TESTS / "domain" / "rules" / family)}

    assert {f"test_{kind}" for kind in FAMILIES[family]} - tests == set()


def test_no_test_is_imported() -> None:
    files = (file for part in ("testbed", "tests") for file in (ROOT / part).rglob("*.py"))
    found = {
        f"{file.relative_to(ROOT)}: {line}"
        for file in files
        for line in _IMPORT_OF_A_TEST.findall(file.read_text())
    }

    assert found == set()
