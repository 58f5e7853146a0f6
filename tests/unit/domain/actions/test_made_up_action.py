"""A new action kind is one file: nothing else is told of the one that is made up here.

The commands run in a process of their own, which finds the file among those of the package.
"""

import subprocess
import sys
from pathlib import Path
from typing import Final

import pytest

_KIND: Final = '''
"""Close a channel to viewers without a token."""

from streamwarden.domain.actions.base.calls import Call
from streamwarden.domain.actions.base.kind import ActionKind, Target
from streamwarden.domain.traits import Trait


class MakePrivate(ActionKind):
    word = "make_private"
    meaning = "Closes the channel to viewers without a token."
    needs = (Trait.DELIVERED,)
    refusal = "nobody watches what it is about"
    target = Target.CHANNEL
    permissions = frozenset({"ivs:UpdateChannel"})

    def describe(self, planned):
        return "closes the channel"

    def plan(self, action, seen):
        return Call(
            operation="UpdateChannel",
            parameters={"arn": action.resource_arn, "authorized": True},
            done="closed the channel",
        )
'''
_PROGRAM: Final = """
import sys
from streamwarden.domain import actions
actions.__path__.append({folder!r})
from streamwarden_cli.main import main
from streamwarden_cli.policy.reference import markdown
command = sys.argv[1:]
if command == ["reference"]:
    print(markdown.rendered())
else:
    sys.exit(main(command))
"""
_POLICY: Final = """\
version: 1
rules:
  - id: closed
    kind: {kind}
    mode: enforce
    actions: [{action}]
"""
_CASES: Final = """\
cases:
  - name: an open channel is closed
    given: {name: studio, authorized: false}
    until: 11:00
    expect:
      closed: {verdict: compliant, actions: [make_private], notifications: [opened, resolved]}
"""


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    kinds = tmp_path / "kinds"
    kinds.mkdir()
    (kinds / "make_private.py").write_text(_KIND)
    return tmp_path


def run(folder: Path, *command: str) -> subprocess.CompletedProcess[str]:
    program = _PROGRAM.format(folder=str(folder / "kinds"))
    return subprocess.run(  # noqa: S603  # ours
        [sys.executable, "-c", program, *command], capture_output=True, text=True, check=False
    )


def policy(folder: Path, kind: str = "private_required", action: str = "make_private") -> str:
    file = folder / "mine.yaml"
    file.write_text(_POLICY.format(kind=kind, action=action))
    return str(file)


def test_it_is_decided_and_carried_out_by_the_services(folder: Path) -> None:
    (folder / "mine.tests.yaml").write_text(_CASES)

    played = run(folder, "policy", "test", policy(folder))

    assert played.returncode == 0, played.stdout + played.stderr


def test_people_are_told_of_it_in_its_own_words(folder: Path) -> None:
    explained = run(folder, "policy", "explain", "private_required")

    assert "make_private: Closes the channel to viewers without a token." in explained.stdout


@pytest.mark.parametrize(
    ("kind", "action", "message"),
    [
        ("never_live", "make_private", "never_live cannot make_private: nobody watches what it is"),
        (
            "private_required",
            "make_privat",
            "did you mean 'make_private'? (expected inherit_tags, m",
        ),
        ("private_required", "{make_private: now}", "make_private takes nothing more"),
        ("private_required", "make_private, make_private", "the action is given twice"),
    ],
)
def test_it_is_checked(folder: Path, kind: str, action: str, message: str) -> None:
    checked = run(folder, "policy", "check", policy(folder, kind, action))

    assert checked.returncode == 1
    assert message in checked.stdout + checked.stderr


def test_it_stands_in_the_schema_and_in_the_reference(folder: Path) -> None:
    schema, reference = run(folder, "policy", "schema"), run(folder, "reference")

    assert '"const": "make_private"' in schema.stdout
    assert "- `make_private`: Closes the channel to viewers without a token." in reference.stdout
    assert "`make_private`, `stop`, `tag`, `warn`, `notify`." in reference.stdout
