"""What the functions say of themselves: metrics, and log lines that can be followed."""

import json
from collections.abc import Iterator, Mapping
from typing import Any

import pytest

from streamwarden import metric_catalogue
from streamwarden.metric_catalogue import NAMESPACE, Metric, catalogue
from streamwarden_cli.operate.log_lines import read_lines
from tests.integration.driver import NOON, Stack

BY_TITLE = {each.title: each for each in catalogue().values()}

type Line = Mapping[str, Any]


def emitted(stack: Stack) -> Iterator[tuple[Metric, list[float], Line]]:
    """Each metric in CloudWatch's embedded format: which, its values, and its line."""
    for line in stack.logs():
        for directive in line.get("_aws", {}).get("CloudWatchMetrics", []):
            assert directive["Namespace"] == NAMESPACE
            for metric in directive["Metrics"]:
                yield BY_TITLE[metric["Name"]], line[metric["Name"]], line


def values(stack: Stack, metric: Metric) -> list[float]:
    return [each for found, values, _ in emitted(stack) if found is metric for each in values]


def lines(stack: Stack, message: str) -> list[Line]:
    return [each for each in stack.logs() if each.get("message") == message]


@pytest.fixture
def stopped(stack: Stack) -> Stack:
    """A stream that ran for too long, was stopped, and was told of."""
    stack.go_live(stack.channel("studio"))
    started = [each["id"] for each in stack.events]
    stack.observe_events()
    assert [each for line in lines(stack, "decided") for each in line["inputs"] if each in started]
    stack.later(hours=4, minutes=5)
    stack.sweep()
    stack.later(seconds=3)
    assert stack.pump("Enforce") == []
    stack.notify()
    assert stack.observe_events() == stack.pump("StreamEvents") == []
    return stack


def test_one_id_leads_from_a_decision_to_its_action_and_to_what_people_were_told(
    stopped: Stack,
) -> None:
    (requested,) = lines(stopped, "action requested")
    correlation_id = requested["correlation_id"]

    found = [each for each in stopped.logs() if each.get("correlation_id") == correlation_id]

    assert {each["message"] for each in found} >= {
        "verdict",
        "action requested",
        "decided",
        "action finished",
        "notification delivered",
    }
    (decided,) = (each for each in found if each["message"] == "decided")
    assert decided["inputs"] == ["Recheck"]
    assert decided["opened"]


def test_the_command_reads_what_the_functions_log(stopped: Stack) -> None:
    found = [line for each in stopped.logs() for line in read_lines(json.dumps(each), NOON)]

    assert {each.what for each in found if each.rule_id == "no-marathons"} == {
        "verdict",
        "breach",
        "requested",
        "finished",
        "resolved",
        "notified",
    }


def test_the_outcome_of_an_action_is_an_input_of_a_decision(stopped: Stack) -> None:
    (finished,) = lines(stopped, "action finished")

    inputs = [each for line in lines(stopped, "decided") for each in line["inputs"]]
    assert f"ActionFinished {finished['action_id']}" in inputs


def test_a_decision_that_nothing_follows_from_has_no_id_of_its_own(stack: Stack) -> None:
    stack.go_live(stack.channel("studio"))
    stack.observe_events()

    assert [each for each in stack.logs() if "correlation_id" in each] == []


def test_the_way_from_an_event_to_a_stop_is_measured(stopped: Stack) -> None:
    assert values(stopped, metric_catalogue.DECISION_TO_STOP) == [3.0]
    (to_decision,) = values(stopped, metric_catalogue.EVENT_TO_DECISION)
    assert to_decision >= 0


def test_metrics_are_of_the_stack_and_what_did_not_happen_is_not_written(stopped: Stack) -> None:
    found = [*emitted(stopped)]

    for metric, _, line in found:
        (directive,) = line["_aws"]["CloudWatchMetrics"]
        assert line["service"] == "streamwarden"
        dimensions = {"service", metric.dimension} - {""}
        assert [set(each) for each in directive["Dimensions"]] == [dimensions]
        assert {each["Unit"] for each in directive["Metrics"] if each["Name"] == metric.title} == {
            metric.unit
        }
    assert values(stopped, metric_catalogue.MESSAGES_FAILED) == []
    assert values(stopped, metric_catalogue.ACTIONS_DONE) == [1.0]


def test_a_sweep_says_how_the_account_is(stopped: Stack) -> None:
    stopped.output.truncate(0)
    stopped.output.seek(0)
    stopped.sweep()

    assert values(stopped, metric_catalogue.SWEEPS_FINISHED) == [1.0]
    assert values(stopped, metric_catalogue.LIVE_STREAMS) == [0.0]
    assert values(stopped, metric_catalogue.BREAKERS_TRIPPED) == [0.0]
    by_severity = {
        line["severity"]: numbers
        for metric, numbers, line in emitted(stopped)
        if metric is metric_catalogue.INCIDENTS_OPEN
    }
    assert by_severity == {"critical": [0.0], "high": [0.0], "medium": [0.0], "low": [0.0]}


def test_what_is_dead_lettered_is_counted_and_said(stack: Stack) -> None:
    assert stack.deliver("StreamEvents", "no JSON") == []

    (line,) = lines(stack, "message dead-lettered")
    assert "not JSON" in line["reason"]
    assert values(stack, metric_catalogue.MESSAGES_DEAD_LETTERED) == [1.0]


def test_one_id_leads_from_a_rotation_to_what_people_were_told(stack: Stack) -> None:
    studio = stack.channel("studio")
    stack.later(hours=1)
    stack.run("RotateKeys", {"channel_arn": studio})
    stack.notify()

    (rotation,) = lines(stack, "rotation")

    found = [
        each["message"]
        for each in stack.logs()
        if each.get("correlation_id") == rotation["correlation_id"]
    ]
    assert sorted(found) == ["notification delivered", "notification routed", "rotation"]
