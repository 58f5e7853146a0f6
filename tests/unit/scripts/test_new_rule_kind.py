"""A new rule kind begins as files that load, pass the checks, and fail until they are filled in."""

import os
import re
import shutil
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Final

import pytest

from scripts.new_rule_kind import ROOT, RULES, BadName, main, write_rule_kind

_PACKAGE: Final = Path("layers/streamwarden/streamwarden")
_INDEX: Final = RULES / "__init__.py"
# One short, one whose import does not fit a line, in a family that is written in one line.
_NAMES: Final = ("tags/spelling", "recordings/kept_for_as_long_as_the_agreement_says")


def copy_of(parts: Sequence[str | Path], folder: Path) -> Path:
    for part in parts:
        if (ROOT / part).is_dir():
            ignored = shutil.ignore_patterns("__pycache__")
            shutil.copytree(ROOT / part, folder / part, ignore=ignored)
        else:
            (folder / part).parent.mkdir(parents=True, exist_ok=True)
            shutil.copy(ROOT / part, folder / part)
    return folder


@pytest.fixture
def tree(tmp_path: Path) -> Path:
    """Just enough of the checkout to write a kind into."""
    (tmp_path / "tests/unit/domain/rules/tags").mkdir(parents=True)
    (tmp_path / "tests/unit/domain/rules/keys").mkdir()
    return copy_of([RULES], tmp_path)


@pytest.fixture(scope="module")
def checkout(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A copy of the package and the tests of its domain, with two new kinds."""
    tests = ["testbed", "tests/__init__.py", "tests/unit/__init__.py", "tests/unit/domain"]
    tree = copy_of(["pyproject.toml", _PACKAGE, *tests], tmp_path_factory.mktemp("checkout"))
    for name in _NAMES:
        write_rule_kind(tree, name)
    return tree


@pytest.fixture(scope="module")
def given(checkout: Path) -> list[str]:
    kinds = [name.partition("/") for name in _NAMES]
    modules = [RULES / family / f"{kind}.py" for family, _, kind in kinds]
    tests = [Path(f"tests/unit/domain/rules/{family}/test_{kind}.py") for family, _, kind in kinds]
    return [str(each) for each in (_INDEX, *modules, *tests)]


def python(checkout: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    """Python with the copy in the place of the package."""
    path = os.pathsep.join([str(checkout), str(checkout / _PACKAGE.parent)])
    return subprocess.run(  # noqa: S603  # ours
        [sys.executable, *arguments],
        cwd=checkout,
        env={**os.environ, "PYTHONPATH": path},
        capture_output=True,
        text=True,
        check=False,
    )


@pytest.mark.parametrize("command", ["ruff check", "ruff format --check", "mypy"])
def test_what_is_written_passes_the_checks(checkout: Path, given: list[str], command: str) -> None:
    done = python(checkout, "-m", *command.split(), *given)

    assert done.returncode == 0, done.stdout + done.stderr


@pytest.mark.parametrize("name", _NAMES)
def test_it_loads_as_a_kind(checkout: Path, name: str) -> None:
    kind = name.partition("/")[2]
    code = (
        "from streamwarden.domain.rules import RULE_KINDS, __file__ as file\n"
        f"print(RULE_KINDS[{kind!r}]().prepare().__name__, file)"
    )

    done = python(checkout, "-c", code)

    assert done.stdout == f"judge {checkout / _INDEX}\n", done.stderr


def test_their_tables_fail_until_the_kinds_find_what_they_say(checkout: Path) -> None:
    kinds = [name.partition("/") for name in _NAMES]
    tests = [f"tests/unit/domain/rules/{family}/test_{kind}.py" for family, _, kind in kinds]

    done = python(checkout, "-m", "pytest", "-q", "-p", "no:cacheprovider", *tests)

    failed = re.findall(r"^FAILED (\S+)::.*\[(.*?)\]", done.stdout, flags=re.MULTILINE)
    cases = ["what is wrong", "what is in order"]
    assert failed == [(test, case) for test in tests for case in cases], done.stdout


def test_the_kind_is_the_last_of_its_family_and_nothing_else_changes(tree: Path) -> None:
    before = (tree / _INDEX).read_text().splitlines()

    write_rule_kind(tree, "keys/key_spelling")

    after = (tree / _INDEX).read_text().splitlines()
    assert [line for line in after if line not in before] == ['        "key_spelling",']
    assert [line for line in after if '"key_spelling"' not in line] == before


@pytest.mark.parametrize(
    ("name", "message"),
    [
        ("tag_spelling", "expected family/kind"),
        ("tag/spelling", "there is no family 'tag' (expected tags, live_sessions, "),
        ("tags/TagSpelling", "'TagSpelling' is no name of a kind (expected words such as tag_"),
        ("tags/tag-spelling", "'tag-spelling' is no name of a kind"),
        ("tags/tag__spelling", "'tag__spelling' is no name of a kind"),
        ("tags/2_tags", "'2_tags' is no name of a kind"),
        ("tags/../../evil", "'../../evil' is no name of a kind"),
        ("tags/", "'' is no name of a kind"),
        ("tags/import", "'import' is no name of a kind"),
        ("tags/tag_limit", "there is a kind tag_limit already, in family tags"),
        ("tags/flapping", "there is a kind flapping already, in family live_sessions"),
        ("tags/requirement", f"there is a file {RULES}/tags/requirement.py already"),
    ],
)
def test_a_name_that_will_not_do_is_refused(tree: Path, name: str, message: str) -> None:
    before = {path: path.read_bytes() for path in tree.rglob("*.py")}

    with pytest.raises(BadName, match=re.escape(message)):
        write_rule_kind(tree, name)

    assert {path: path.read_bytes() for path in tree.rglob("*.py")} == before


def test_the_command_says_what_was_written_and_what_is_next(
    tree: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr("scripts.new_rule_kind.ROOT", tree)

    codes = main(["tags/imagined"]), main(["tags/imagined"])

    printed = capsys.readouterr()
    assert codes == (0, 1)
    assert f"wrote {RULES}/tags/imagined.py\n" in printed.out
    assert "`pytest -q tests/unit/domain/rules/tags/test_imagined.py`" in printed.out
    assert printed.err == ("tags/imagined: there is a kind imagined already, in family tags\n")


@pytest.mark.parametrize("arguments", [[], [""], ["tags/a", "tags/b"]])
def test_the_command_says_how_it_is_used(
    arguments: list[str], capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(arguments) == 2
    assert capsys.readouterr().err.startswith("usage: make rule-kind NAME=family/kind")
