"""`streamwarden watch` says each thing once, a breach when it opens, in order of time."""

import json
from typing import Any

from streamwarden_cli.operate.tail import LogTail
from testbed import template
from testbed.builders import CHANNEL, at

VERDICT = {
    "message": "verdict",
    "verdict": "breach",
    "rule": "tls-only",
    "mode": "notify",
    "reason": "not secure",
}
DECIDED: dict[str, Any] = {"message": "decided", "opened": [], "resolved": []}


class Logs:
    """FilterLogEvents over lists of lines, with the moments at which they were logged."""

    class exceptions:  # noqa: N801  # as botocore names it
        class ResourceNotFoundException(Exception):
            pass

    def __init__(self, **groups: list[tuple[int, Any]]) -> None:
        self.groups = groups

    def get_paginator(self, _: str) -> "Logs":
        return self

    def paginate(self, *, logGroupName: str, startTime: int) -> Any:  # noqa: N803
        if logGroupName not in self.groups:
            raise self.exceptions.ResourceNotFoundException
        events = [_event(*each) for each in self.groups[logGroupName]]
        yield {"events": [each for each in events if each["timestamp"] >= startTime]}


def _event(second: int, entry: Any) -> dict[str, Any]:
    text = entry if isinstance(entry, str) else json.dumps({"resource_arn": CHANNEL, **entry})
    return {"timestamp": int(at(seconds=second).timestamp() * 1000), "message": text}


def looked(logs: Logs, *seconds: int) -> list[list[tuple[str, str, str]]]:
    """What each look brings, each at its second: what, rule and text."""
    tail = LogTail(logs, tuple(logs.groups))
    return [
        [(each.what, each.rule_id, each.text) for each in tail.look(at(), at(seconds=second))]
        for second in seconds
    ]


def test_a_breach_is_said_when_it_opens_with_the_reason_of_its_verdict() -> None:
    decided = {**DECIDED, "opened": ["tls-only"]}
    logs = Logs(observer=[(1, VERDICT), (1, decided), (2, VERDICT), (2, DECIDED)])

    assert looked(logs, 5) == [[("breach", "tls-only", "not secure (notify)")]]


def test_what_was_said_is_not_said_again_and_what_comes_late_is() -> None:
    logs = Logs(observer=[(20, {**DECIDED, "resolved": ["tls-only/st-1"]})])
    tail = LogTail(logs, ("observer",))

    first = tail.look(at(), at(seconds=25))
    logs.groups["observer"].append((10, {**DECIDED, "opened": ["tls-only"]}))
    second, third = tail.look(at(), at(seconds=28)), tail.look(at(), at(seconds=31))

    assert [[each.what for each in found] for found in (first, second, third)] == [
        ["resolved"],
        ["breach"],
        [],
    ]


def test_lines_of_all_functions_come_in_order_and_other_lines_not_at_all() -> None:
    asked = {"message": "action requested", "rule": "r", "action": "stop", "attempt": 2}
    done = {
        "message": "action finished",
        "rule": "r",
        "action": "stop",
        "outcome": "done",
        "outcome_reason": "stopped stream st-1",
    }
    logs = Logs(enforce=[(3, done), (4, "REPORT Duration {x")], observer=[(2, asked), (1, DECIDED)])

    assert looked(logs, 5) == [
        [
            ("requested", "r", "stop, attempt 2"),
            ("finished", "r", "stop done: stopped stream st-1"),
        ]
    ]


def test_the_own_time_of_a_line_counts_and_it_is_printed_once() -> None:
    """A function's lines may reach the log when it ends, all at one moment."""
    own = f"{at(seconds=1):%Y-%m-%d %H:%M:%S},250+0000"
    opened = {**DECIDED, "opened": ["tls-only"], "timestamp": own}
    resolved = {**DECIDED, "resolved": ["tls-only"]}
    logs = Logs(observer=[(60, opened)], enforce=[(50, resolved)])

    assert [[what for what, *_ in each] for each in looked(logs, 61, 92, 93)] == [
        ["breach", "resolved"],
        [],
        [],
    ]


def test_a_function_that_has_logged_nothing_yet_has_no_group() -> None:
    assert LogTail(Logs(), ("observer",)).look(at(), at(1)) == []


def test_every_log_group_of_the_template_is_found_by_its_beginning() -> None:
    names = [
        template.properties(each)["LogGroupName"]["Fn::Sub"]
        for each in template.of_type("AWS::Logs::LogGroup")
    ]

    assert names
    assert all(each.startswith("/aws/lambda/${AWS::StackName}/") for each in names)
