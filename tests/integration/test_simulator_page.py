"""What docs/simulator.md shows in Python runs as it stands there, in a project of its own."""

import re
import subprocess
import sys
import tomllib
from pathlib import Path
from typing import Final

import pytest

from ivs_simulator.reference import BEGIN, PAGE

_PACKAGE: Final = Path(__file__).parents[2] / "simulator" / "pyproject.toml"
_WRITTEN: Final = PAGE.read_text().partition(BEGIN)[0]
_EXAMPLES: Final = re.findall(r"```python\n(.*?)```", _WRITTEN, flags=re.DOTALL)
_TESTS: Final = [each for each in _EXAMPLES if "\ndef test_" in each]
_SCRIPTS: Final = [each for each in _EXAMPLES if each not in _TESTS]


@pytest.fixture
def project(tmp_path: Path) -> Path:
    """A project in which the package is installed as the page says, entry point included."""
    package = tomllib.loads(_PACKAGE.read_text())["project"]
    about = tmp_path / "ivs_simulator.dist-info"
    about.mkdir()
    (about / "METADATA").write_text(f"Metadata-Version: 2.4\nName: {package['name']}\nVersion: 0\n")
    points = package["entry-points"]["pytest11"].items()
    lines = ["[pytest11]", *(f"{name} = {module}" for name, module in points)]
    (about / "entry_points.txt").write_text("\n".join(lines))
    return tmp_path


def run(directory: Path, *words: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(  # noqa: S603 - our own page
        [sys.executable, "-W", "error", *words],
        cwd=directory, capture_output=True, text=True, check=False,
    )  # fmt: skip


def test_the_page_has_examples_of_both_kinds() -> None:
    assert (len(_TESTS), len(_SCRIPTS)) == (2, 1)


@pytest.mark.parametrize("example", _TESTS)
def test_a_test_of_the_page_passes(project: Path, example: str) -> None:
    (project / "test_page.py").write_text(example)

    ran = run(project, "-m", "pytest", "-q", "-W", "error", "-p", "no:cacheprovider")

    assert ran.returncode == 0, ran.stdout + ran.stderr
    assert f"{example.count('\ndef test_')} passed" in ran.stdout


@pytest.mark.parametrize("example", _SCRIPTS)
def test_a_script_of_the_page_runs(tmp_path: Path, example: str) -> None:
    ran = run(tmp_path, "-c", example)

    assert (ran.returncode, ran.stderr) == (0, "")
