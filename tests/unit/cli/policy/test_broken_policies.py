"""Policies that somebody might write, each broken in its own way: what is said of them, and where.

Each file of `broken/` ends with comments: all that `streamwarden policy check` says of the file, as
`line:column: message`. They are compared to the letter, so that a message that loses its place or
its remedy is seen in review. Of a line that ends with an ellipsis, the rest lists kinds that may be
added: `test_action_errors.py` and `test_rule_errors.py` look at that.
"""

from pathlib import Path

import pytest

from streamwarden_cli.documents.problems import DocumentErrors
from streamwarden_cli.policy.compilation import compile_policy

BROKEN = sorted((Path(__file__).parent / "broken").glob("*.yaml"))


def said_of(text: str) -> list[str]:
    """What is wrong with the policy, without the name of its file."""
    with pytest.raises(DocumentErrors) as caught:
        compile_policy(text, "policy.yaml")
    return [str(each).removeprefix("policy.yaml:") for each in caught.value.problems]


def split(path: Path) -> tuple[str, list[str]]:
    """A policy, and what its trailing comments expect."""
    policy, _, comments = path.read_text("utf-8").partition("# ")
    return policy, [line.removeprefix("# ") for line in f"# {comments}".splitlines()]


def shortened(said: str, expected: str) -> str:
    """As much of it as is expected."""
    beginning = expected.removesuffix("…")
    return expected if beginning != expected and said.startswith(beginning) else said


@pytest.mark.parametrize("path", BROKEN, ids=lambda path: path.stem)
def test_a_broken_policy_is_told_its_place_and_remedy(path: Path) -> None:
    policy, expected = split(path)

    said = said_of(policy)
    assert len(said) == len(expected)
    assert [shortened(*each) for each in zip(said, expected, strict=True)] == expected


def test_there_are_enough_of_them() -> None:
    assert len(BROKEN) >= 50
