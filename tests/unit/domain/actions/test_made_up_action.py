"""A new action kind is one file: nothing else is told of the one that is made up here.

The commands run in one process of their own, which finds the file among those of the package.
"""

import json
import subprocess
import sys
from collections.abc import Mapping
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
import contextlib, io, json, sys
from streamwarden.domain import actions
actions.__path__.append(sys.argv[1])
from streamwarden_cli.main import main
from streamwarden_cli.policy.reference import markdown

def run(command):
    with contextlib.redirect_stdout(io.StringIO()) as out, contextlib.redirect_stderr(out):
        code = print(markdown.rendered()) if command == ["reference"] else main(command)
    return code or 0, out.getvalue()

print(json.dumps([run(command) for command in json.load(sys.stdin)]))
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
scenarios:
  - name: an open channel is closed
    channels: {name: studio, authorized: false}
    until: 11:00
    expect:
      closed: {verdict: compliant, actions: [make_private], notifications: [opened, resolved]}
"""


_REFUSED: Final = {
    ("never_live", "make_private"): "never_live cannot make_private: nobody watches what it is",
    ("private_required", "make_privat"): "did you mean 'make_private'? (expected inherit_tags, m",
    ("private_required", "{make_private: now}"): "make_private takes nothing more",
    ("private_required", "make_private, make_private"): "the action is given twice",
}

type Answers = Mapping[str, tuple[int, str]]


@pytest.fixture(scope="module")
def answers(tmp_path_factory: pytest.TempPathFactory) -> Answers:
    """The exit code and the output of each command, by its name; one process runs them all."""
    folder = tmp_path_factory.mktemp("made-up")
    (folder / "make_private.py").write_text(_KIND)
    (folder / "mine.tests.yaml").write_text(_CASES)
    refused = {
        f"check {kind} {action}": policy(folder / f"{number}.yaml", kind, action)
        for number, (kind, action) in enumerate(_REFUSED)
    }
    commands = {
        "test": ["policy", "test", policy(folder / "mine.yaml")],
        "explain": ["policy", "explain", "private_required"],
        "schema": ["policy", "schema"],
        "reference": ["reference"],
        **{name: ["policy", "check", file] for name, file in refused.items()},
    }
    ran = subprocess.run(  # noqa: S603  # ours
        [sys.executable, "-c", _PROGRAM, str(folder)],
        input=json.dumps(list(commands.values())),
        capture_output=True,
        text=True,
        check=False,
    )
    assert ran.returncode == 0, ran.stderr
    return dict(zip(commands, json.loads(ran.stdout), strict=True))


def policy(file: Path, kind: str = "private_required", action: str = "make_private") -> str:
    file.write_text(_POLICY.format(kind=kind, action=action))
    return str(file)


def test_it_is_decided_and_carried_out_by_the_services(answers: Answers) -> None:
    code, printed = answers["test"]

    assert code == 0, printed


def test_people_are_told_of_it_in_its_own_words(answers: Answers) -> None:
    _, printed = answers["explain"]

    assert "make_private: Closes the channel to viewers without a token." in printed


@pytest.mark.parametrize(("kind", "action"), _REFUSED)
def test_it_is_checked(answers: Answers, kind: str, action: str) -> None:
    code, printed = answers[f"check {kind} {action}"]

    assert code == 1
    assert _REFUSED[kind, action] in printed


def test_it_stands_in_the_schema_and_in_the_reference(answers: Answers) -> None:
    (_, schema), (_, reference) = answers["schema"], answers["reference"]

    assert '"const": "make_private"' in schema
    assert "- `make_private`: Closes the channel to viewers without a token." in reference
    assert "`make_private`, `quarantine`, `stop`, `tag`, `warn`, `notify`." in reference
