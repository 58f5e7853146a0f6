"""What IVS emits arrives at the targets of moto's rules, as EventBridge would deliver it."""

import json
import logging
from collections.abc import Iterator
from typing import Any

import boto3
import pytest
from moto import mock_aws
from moto.awslambda_simple.models import LambdaSimpleBackend

from ivs_simulator.dispatch.mocking import SimulatedIvs

pytest_plugins = ["ivs_simulator.testing.pytest_plugin"]

ACCOUNT, REGION = "123456789012", "eu-west-1"
STATES = {"source": ["aws.ivs"], "detail-type": ["IVS Stream State Change"]}
STARTS = {**STATES, "detail": {"event_name": ["Stream Start"]}}


@pytest.fixture(autouse=True)
def _aws() -> Iterator[None]:
    with mock_aws(config={"lambda": {"use_docker": False}}):
        yield


@pytest.fixture
def queue() -> str:
    url: str = boto3.client("sqs").create_queue(QueueName="received")["QueueUrl"]
    return url


def arn(service: str, resource: str) -> str:
    return f"arn:aws:{service}:{REGION}:{ACCOUNT}:{resource}"


def rule(target: dict[str, Any], name: str = "states", **fields: Any) -> None:
    events: Any = boto3.client("events")
    if not fields:
        fields = {"EventPattern": json.dumps(STATES)}
    events.put_rule(Name=name, **fields)
    events.put_targets(Rule=name, Targets=[{"Id": "one", "Arn": arn("sqs", "received"), **target}])


def start_stream(ivs: SimulatedIvs) -> dict[str, Any]:
    """A stream starts; the event that says so."""
    made = boto3.client("ivs").create_channel(name="arena")
    ivs.go_live(made["channel"]["arn"])
    return next(each for each in ivs.events if each["detail"].get("event_name") == "Stream Start")


def bodies(queue: str) -> list[Any]:
    received = boto3.client("sqs").receive_message(QueueUrl=queue, MaxNumberOfMessages=10)
    return [json.loads(each["Body"]) for each in received.get("Messages", [])]


def test_a_queue_gets_the_events_that_match(ivs_simulator: SimulatedIvs, queue: str) -> None:
    rule({})
    start_stream(ivs_simulator)
    emitted = [each for each in ivs_simulator.events if each["resources"]]
    assert [each["detail"]["event_name"] for each in emitted] == ["Session Created", "Stream Start"]
    assert sorted(bodies(queue), key=str) == sorted(emitted, key=str)


def test_calls_are_heard_as_cloudtrail_tells_them(ivs_simulator: SimulatedIvs, queue: str) -> None:
    created = {"source": ["aws.ivs"], "detail": {"eventName": ["CreateChannel"]}}
    rule({}, EventPattern=json.dumps(created))
    start_stream(ivs_simulator)
    assert bodies(queue) == ivs_simulator.events[:1]


@pytest.mark.parametrize(
    "fields",
    [
        {"EventPattern": json.dumps(STATES), "State": "DISABLED"},
        {"ScheduleExpression": "rate(5 minutes)"},
        {"EventPattern": json.dumps({"source": ["aws.ec2"]})},
    ],
    ids=["disabled", "schedule", "another service"],
)
def test_a_rule_that_does_not_listen(
    ivs_simulator: SimulatedIvs, queue: str, fields: dict[str, Any]
) -> None:
    rule({}, **fields)
    start_stream(ivs_simulator)
    assert bodies(queue) == []


@pytest.mark.parametrize(
    ("target", "expected"),
    [
        ({"Input": '{"seen": true}'}, {"seen": True}),
        ({"InputPath": "$.detail.channel_name"}, "arena"),
        ({"InputPath": "$.detail.nothing"}, None),
        (
            {
                "InputTransformer": {
                    "InputPathsMap": {"name": "$.detail.channel_name"},
                    "InputTemplate": '{"live": "<name>"}',
                }
            },
            {"live": "arena"},
        ),
    ],
    ids=["constant", "part", "no such part", "template"],
)
def test_a_target_says_what_it_gets(
    ivs_simulator: SimulatedIvs, queue: str, target: dict[str, Any], expected: Any
) -> None:
    rule(target, EventPattern=json.dumps(STARTS))
    start_stream(ivs_simulator)
    assert bodies(queue) == [expected]


def test_a_template_that_fails_is_logged_and_fails_no_call(
    ivs_simulator: SimulatedIvs, queue: str, caplog: pytest.LogCaptureFixture
) -> None:
    """CloudTrail's events come from the same source, and have none of a stream's members."""
    transformer = {
        "InputPathsMap": {"stream": "$.detail.stream_id"},
        "InputTemplate": '{"stream": <stream>}',
    }
    rule({"InputTransformer": transformer}, EventPattern=json.dumps({"source": ["aws.ivs"]}))

    boto3.client("ivs").create_channel()

    assert bodies(queue) == []
    assert "got nothing" in caplog.text


def test_a_fifo_queue(ivs_simulator: SimulatedIvs) -> None:
    made = boto3.client("sqs").create_queue(
        QueueName="received.fifo",
        Attributes={"FifoQueue": "true", "ContentBasedDeduplication": "true"},
    )
    rule({"Arn": arn("sqs", "received.fifo"), "SqsParameters": {"MessageGroupId": "all"}})
    start_stream(ivs_simulator)
    names = [each["detail"]["event_name"] for each in bodies(made["QueueUrl"])]
    assert names == ["Session Created", "Stream Start"]


def test_a_log_group(ivs_simulator: SimulatedIvs) -> None:
    logs = boto3.client("logs")
    logs.create_log_group(logGroupName="/aws/events/ivs")
    rule({"Arn": arn("logs", "log-group:/aws/events/ivs")}, EventPattern=json.dumps(STARTS))
    started = start_stream(ivs_simulator)
    found = logs.filter_log_events(logGroupName="/aws/events/ivs")["events"]
    assert [json.loads(each["message"]) for each in found] == [started]


def test_a_topic(ivs_simulator: SimulatedIvs, queue: str) -> None:
    sns = boto3.client("sns")
    topic = sns.create_topic(Name="ivs")["TopicArn"]
    sns.subscribe(TopicArn=topic, Protocol="sqs", Endpoint=arn("sqs", "received"))
    rule({"Arn": topic}, EventPattern=json.dumps(STARTS))
    started = start_stream(ivs_simulator)
    assert [json.loads(each["Message"]) for each in bodies(queue)] == [started]


def test_a_function(ivs_simulator: SimulatedIvs, monkeypatch: pytest.MonkeyPatch) -> None:
    invoked: list[tuple[str, Any]] = []

    def invoke(_: object, function_name: str, *rest: Any) -> str:
        invoked.append((function_name, json.loads(rest[1])))
        return ""

    monkeypatch.setattr(LambdaSimpleBackend, "invoke", invoke)
    rule({"Arn": arn("lambda", "function:listen")}, EventPattern=json.dumps(STARTS))
    started = start_stream(ivs_simulator)
    assert [event for _, event in invoked] == [started]
    assert invoked[0][0].endswith("listen")


def test_another_bus(ivs_simulator: SimulatedIvs, queue: str) -> None:
    """moto itself passes it on, in its own shape."""
    events: Any = boto3.client("events")
    events.create_event_bus(Name="central")
    events.put_rule(Name="all", EventBusName="central", EventPattern=json.dumps(STARTS))
    target = {"Id": "one", "Arn": arn("sqs", "received")}
    events.put_targets(Rule="all", EventBusName="central", Targets=[target])
    rule({"Arn": arn("events", "event-bus/central")})
    started = start_stream(ivs_simulator)
    assert [each["detail"] for each in bodies(queue)] == [started["detail"]]


def test_another_region_hears_nothing(ivs_simulator: SimulatedIvs, queue: str) -> None:
    rule({})
    client = boto3.client("ivs", region_name="us-west-2")
    ivs_simulator.go_live(client.create_channel(name="arena")["channel"]["arn"])
    assert bodies(queue) == []


@pytest.mark.parametrize(
    "target",
    [arn("sqs", "missing"), arn("logs", "log-group:missing"), arn("states", "stateMachine:any")],
    ids=["no such queue", "no such log group", "no such kind"],
)
def test_a_target_that_takes_nothing_is_logged(
    ivs_simulator: SimulatedIvs, caplog: pytest.LogCaptureFixture, target: str
) -> None:
    rule({"Arn": target}, EventPattern=json.dumps(STARTS))
    start_stream(ivs_simulator)
    with_warnings = [each for each in caplog.records if each.levelno == logging.WARNING]
    assert len(with_warnings) == 1
    assert target in with_warnings[0].getMessage()
