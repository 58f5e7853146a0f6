"""Whatever a condition calls or compares, `policy check` says what is wrong, and does not fail."""

import json
from contextlib import suppress
from itertools import product
from typing import Any, Final

import pytest

from streamwarden.domain.expressions.time_functions import FUNCTIONS
from streamwarden_cli.documents.problems import DocumentErrors
from tests.unit.cli.policy.documents import lint_of

LITERALS: Final = ("'EST'", "`1`", "`null`", "`true`", "`[]`", '`["a"]`', "`{}`", '`{"a": 1}`')
RESOURCES: Final = ("channel.tags.a", "channel.tags", "channel.name", "session.viewers", "session")
EVENTS: Final = ("detail.event_name", "detail", "resources", "region", "time")
CALLS: Final = tuple(f"{name}({{}}) == {{}}" for name in (*FUNCTIONS, "length", "type", "keys"))
PAIRS: Final = (
    *("{} == {}", "{} != {}", "{} > {}", "{} || {}"),
    *("contains({}, {})", "contains([{}], {})", "starts_with({}, {})"),
)


def rule_with(key: str, expression: str) -> dict[str, Any]:
    if key == "when":
        return {"id": "a", "kind": "takeover", "when": expression}
    params = {"detail_type": "IVS Stream State Change", "where": expression}
    return {"id": "a", "kind": "event_alert", "params": params}


@pytest.mark.parametrize(("key", "names"), [("when", RESOURCES), ("where", EVENTS)])
def test_a_condition_is_refused_or_taken(key: str, names: tuple[str, ...]) -> None:
    pairs = [*product(names, LITERALS), *product(LITERALS, names)]
    expressions = [form.format(*pair) for form, pair in product((*CALLS, *PAIRS), pairs)]

    for expression in expressions:
        with suppress(DocumentErrors):
            lint_of(json.dumps({"version": 1, "rules": [rule_with(key, expression)]}))
