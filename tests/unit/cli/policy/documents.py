"""A policy with one rule, and what the command says of a text."""

from datetime import UTC, datetime
from typing import Final

import pytest

from streamwarden.domain.actions import ACTION_KINDS
from streamwarden.domain.actions.base.kind import Form
from streamwarden.domain.policy import Policy, encode_policy, load_policy
from streamwarden.domain.rules import RULE_KINDS
from streamwarden_cli.documents.problems import DocumentErrors
from streamwarden_cli.documents.suggestion import format_list
from streamwarden_cli.policy.compilation import compile_policy, read_policy
from streamwarden_cli.policy.lint.linting import lint

RULE = """\
version: 1
rules:
  - id: a
    kind: max_duration
    params: {limit: 4h}
"""


def actions_of(rule_kind: str) -> list[str]:
    check = RULE_KINDS[rule_kind]
    return [
        w for w, kind in ACTION_KINDS.items() if not kind.why_refused(check.traits, check.lacks)
    ]


# What errors list; a new kind of action is in it.
_ALLOWED: Final = actions_of("max_duration")
ALLOWED_ACTIONS: Final = format_list(_ALLOWED)
ALLOWED: Final = format_list([*_ALLOWED, "notify"])
ALL_FORMS: Final = format_list(
    [
        *(word for word, kind in ACTION_KINDS.items() if Form.WORD in kind.forms),
        "notify",
        *(
            form.of(word)
            for word, kind in ACTION_KINDS.items()
            for form in kind.forms
            if form is not Form.WORD
        ),
    ]
)

NOW: Final = datetime(2026, 3, 14, tzinfo=UTC)


def errors_of(text: str) -> list[str]:
    with pytest.raises(DocumentErrors) as raised:
        compile_policy(text, "x.yaml")
    return str(raised.value).splitlines()


def load(text: str) -> Policy:
    return load_policy(encode_policy(compile_policy(text, "x.yaml")))


def warnings_of(*rules: str, now: datetime = NOW) -> list[str]:
    return lint_of("version: 1\nrules:\n" + "".join(f"  - {rule}\n" for rule in rules), now)


def lint_of(text: str, now: datetime = NOW) -> list[str]:
    return [str(each) for each in lint(read_policy(text, "x.yaml"), "warning", now)]
