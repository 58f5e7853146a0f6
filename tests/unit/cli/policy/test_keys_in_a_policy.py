"""A policy that holds a stream key is refused: what it says is not what functions would read."""

import json
from pathlib import Path

import pytest
import yaml

from tests.unit.cli.policy.conftest import Run
from tests.unit.cli.policy.documents import errors_of

KEY = "sk_us-west-2_abcdABCDefgh_567890abcdefghij"
POLICY = """\
version: 1
rules:
  - id: a
    kind: required_tags
    params:
      tags:
        owner: {VALUE}
"""
REFUSED = "it holds the value of a stream key; take it out, and rotate the key"


@pytest.mark.parametrize(
    ("value", "place"),
    [
        (f"{{values: [b, {KEY}]}}", "7:29: rules[0].params.tags.owner.values[1]"),
        (f"{{pattern: '{KEY}('}}", "7:26: rules[0].params.tags.owner.pattern"),
        (f'{{pattern: "sk\\x5f{KEY[3:]}("}}', "7:26: rules[0].params.tags.owner.pattern"),
        (f"{{}}\n        {KEY}: {{}}", "8:9: rules[0].params.tags.sk_REDACTED"),
    ],
)
def test_a_key_is_refused_where_it_stands(value: str, place: str) -> None:
    (error,) = errors_of(POLICY.replace("{VALUE}", value))

    assert error == f"x.yaml:{place}: {REFUSED}"


def test_a_policy_in_json_too(policy: Run, tmp_path: Path) -> None:
    file = tmp_path / "x.json"
    data = yaml.safe_load(POLICY.replace("{VALUE}", f"{{pattern: '{KEY}('}}"))
    file.write_text(json.dumps(data))

    output = policy("check", file)

    assert REFUSED in output.err
    assert "rules[0].params.tags.owner.pattern" in output.err
    assert (output.code, KEY in output.err) == (1, False)
