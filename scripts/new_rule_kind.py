"""Writes the files of a new rule kind, to be filled in: `make rule-kind NAME=family/kind`.

What it writes loads as a kind and passes the checks of style and types. Its test fails until the
kind finds what its table says.
"""

import ast
import re
import sys
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from keyword import iskeyword
from pathlib import Path
from string import Template
from typing import Final

ROOT: Final = Path(__file__).parents[1]
RULES: Final = Path("layers/streamwarden/streamwarden/domain/rules")
TESTS: Final = Path("tests/unit/domain/rules")

_USAGE: Final = "usage: make rule-kind NAME=family/kind, for example NAME=tags/tag_spelling"
_LINE_LENGTH: Final = 100
_WORD: Final = re.compile(r"[a-z][a-z0-9]*(?:_[a-z0-9]+)*")

_MODULE: Final = Template('''\
"""Whether … (say in a line which question the kind answers)."""

from datetime import datetime
from typing import Final

from streamwarden.domain.rules.check import Check, not_applicable
from streamwarden.domain.state.facts import Facts
from streamwarden.domain.verdicts import Finding


class $class_name(Check, frozen=True):
    """A channel must … (say in a sentence what the kind demands).

    Say when a breach ends, and name each parameter in backticks where its meaning is told.
    Data: the events and listings it looks at. Costs no IVS call.
    """

    def judge(self, facts: Facts, now: datetime) -> Finding:
        return _UNKNOWN


_UNKNOWN: Final = not_applicable("nothing is known yet")
''')

_TEST: Final = Template('''\
"""… (say in a line what the kind judges by)."""

$class_import
from testbed.builders import at, channel_listed
from tests.unit.domain.rules.cases import (
    Case,
    assert_found,
    breach,
    compliant,
    each,
    not_applicable,
)

CHECK = $class_name()

CASES = (
    Case(
        title="nothing is known",
        check=CHECK,
        now=at(),
        found=not_applicable("nothing is known yet"),
    ),
    Case(
        title="what is wrong",
        check=CHECK,
        given=(channel_listed(at()),),
        now=at(1),
        found=breach("say what is wrong, and what is expected", at()),
    ),
    Case(
        title="what is in order",
        check=CHECK,
        given=(channel_listed(at()),),
        now=at(1),
        found=compliant("say what is in order"),
    ),
)


@each(CASES)
def test_${kind}_finds(case: Case) -> None:
    assert_found(case)
''')

_NEXT: Final = """\
Next: fill in the table, then the kind, until `pytest -q {test}` passes.
CONTRIBUTING.md says what else a rule kind needs; `make unit` fails until it is there."""


class BadName(ValueError):
    """No rule kind can be made of the name."""


@dataclass(frozen=True, slots=True)
class Name:
    """Where a kind belongs, and what it is called."""

    family: str
    kind: str

    @property
    def class_name(self) -> str:
        return "".join(part.capitalize() for part in self.kind.split("_"))

    @property
    def class_import(self) -> str:
        module = f"from streamwarden.domain.rules.{self.family}.{self.kind} import"
        line = f"{module} {self.class_name}"
        return line if len(line) <= _LINE_LENGTH else f"{module} (\n    {self.class_name},\n)"

    @property
    def module(self) -> Path:
        return RULES / self.family / f"{self.kind}.py"

    @property
    def test(self) -> Path:
        return TESTS / self.family / f"test_{self.kind}.py"


def main(arguments: Sequence[str] | None = None) -> int:
    """Exit codes: 0 written, 1 refused (nothing is written), 2 wrong usage."""
    given = sys.argv[1:] if arguments is None else arguments
    if len(given) != 1 or not given[0]:
        print(_USAGE, file=sys.stderr)
        return 2
    try:
        name = write_rule_kind(ROOT, given[0])
    except BadName as error:
        print(f"{given[0]}: {error}", file=sys.stderr)
        return 1
    print(f"wrote {name.module}\nwrote {name.test}\nadded {name.kind} to {RULES / '__init__.py'}")
    print(_NEXT.format(test=name.test))
    return 0


def write_rule_kind(root: Path, text: str) -> Name:
    """The files of the kind `family/kind`, below `root`. Raises BadName, and writes nothing."""
    index = root / RULES / "__init__.py"
    source = index.read_text(encoding="utf-8")
    families = _families(source)
    name = _name_of(text, {family: _kinds(node) for family, node in families.items()})
    _refuse_existing(root, name)
    (root / name.module).write_text(_MODULE.substitute(_words(name)), encoding="utf-8")
    (root / name.test).write_text(_TEST.substitute(_words(name)), encoding="utf-8")
    index.write_text(_with_kind(source, families[name.family], name.kind), encoding="utf-8")
    return name


def _words(name: Name) -> dict[str, str]:
    return {
        "kind": name.kind,
        "class_name": name.class_name,
        "class_import": name.class_import,
    }


def _name_of(text: str, kinds: Mapping[str, Sequence[str]]) -> Name:
    family, slash, kind = text.partition("/")
    if not slash:
        raise BadName("expected family/kind")
    if family not in kinds:
        raise BadName(f"there is no family {family!r} (expected {', '.join(kinds)})")
    if not _WORD.fullmatch(kind) or iskeyword(kind):
        raise BadName(f"{kind!r} is no name of a kind (expected words such as tag_spelling)")
    home = next((each for each, members in kinds.items() if kind in members), None)
    if home is not None:
        raise BadName(f"there is a kind {kind} already, in family {home}")
    return Name(family, kind)


def _refuse_existing(root: Path, name: Name) -> None:
    for path in (name.module, name.test):
        if (root / path).exists():
            raise BadName(f"there is a file {path} already")


def _families(source: str) -> dict[str, ast.Tuple]:
    """Where FAMILIES lists the kinds of each family."""
    for node in ast.parse(source).body:
        if isinstance(node, ast.AnnAssign) and ast.unparse(node.target) == "FAMILIES":
            assert isinstance(node.value, ast.Dict)
            pairs = zip(node.value.keys, node.value.values, strict=True)
            return {
                str(key.value): kinds
                for key, kinds in pairs
                if isinstance(key, ast.Constant) and isinstance(kinds, ast.Tuple)
            }
    raise ValueError(f"{RULES / '__init__.py'} has no FAMILIES")


def _kinds(family: ast.Tuple) -> list[str]:
    return [str(each.value) for each in family.elts if isinstance(each, ast.Constant)]


def _with_kind(source: str, family: ast.Tuple, kind: str) -> str:
    """The source with the kind as the last of its family, one kind a line."""
    lines = source.splitlines(keepends=True)
    first, last = family.lineno - 1, (family.end_lineno or family.lineno) - 1
    before = lines[first][: family.col_offset]
    after = lines[last][family.end_col_offset :]
    listed = "".join(f'        "{each}",\n' for each in (*_kinds(family), kind))
    return "".join([*lines[:first], f"{before}(\n{listed}    ){after}", *lines[last + 1 :]])


if __name__ == "__main__":
    sys.exit(main())
