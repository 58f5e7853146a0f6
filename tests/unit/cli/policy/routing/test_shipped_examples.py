"""Who is told, as the policies that ship and the page show it: it is right without the `#`."""

import re
from pathlib import Path

import pytest

from streamwarden_cli.policy.compilation import compile_policy
from streamwarden_cli.policy.reference.shipped import policies_in
from streamwarden_cli.shipped import CHECKOUT, POLICIES
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


def test_the_example_of_the_page_is_right_and_warns_of_nothing() -> None:
    page = (CHECKOUT / "docs" / "policy.md").read_text()
    example = page.partition("## Who is told")[2].partition("```yaml\n")[2].partition("```")[0]
    rules = "version: 1\nrules: [{id: a, kind: takeover, mode: notify}]\n"

    assert compile_policy(rules + example, "x.yaml").routing.inhibitions
    assert lint_of(rules + example) == []
