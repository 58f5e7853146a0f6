"""A policy with one rule, and what the command says of a text."""

from datetime import UTC, datetime
from typing import Final

import pytest

from streamwarden.domain.policy import Policy, encode_policy, load_policy
from streamwarden_cli.documents.problems import DocumentErrors
from streamwarden_cli.policy.compilation import compile_policy, read_policy
from streamwarden_cli.policy.lint.linting import lint

RULE = """\
version: 1
rules:
  - id: a
    kind: max_duration
    params: {limit: 4h}
"""

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
