"""Who is told, as the policies that ship show it in comments: it is right without the `#`."""

import re
from pathlib import Path

import pytest

from streamwarden_cli.policy.compilation import compile_policy
from streamwarden_cli.policy.reference.shipped import policies_in
from streamwarden_cli.shipped import POLICIES
from tests.unit.cli.policy.documents import lint_of

EXAMPLES = [each for each in policies_in(POLICIES) if "\n# destinations:\n" in each.read_text()]
_COMMENT = re.compile(r"^# (?=(?:destinations|routes|inhibit|owner_tag):|  )", re.MULTILINE)


@pytest.mark.parametrize("file", EXAMPLES, ids=lambda file: file.stem)
def test_an_example_is_right_and_warns_of_nothing(file: Path) -> None:
    text = file.read_text()
    written = _COMMENT.sub("", text)

    assert lint_of(written) == lint_of(text)
    assert compile_policy(written, "x.yaml").routing != compile_policy(text, "x.yaml").routing


def test_most_policies_show_one() -> None:
    assert len(EXAMPLES) == 4
