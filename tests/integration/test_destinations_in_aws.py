"""Destinations in AWS, with botocore's clients between them and the services."""

import json
from collections.abc import Iterator
from typing import Any, Final

import boto3
import pytest
from moto import mock_aws

from streamwarden.domain.verdicts import NotificationStatus
from tests.unit.adapters.notified import destination_on, incident, message, notification

ACCOUNT: Final = "123456789012"


@pytest.fixture(autouse=True)
def _aws() -> Iterator[None]:
    with mock_aws():
        yield


def client(service: str) -> Any:
    untyped: Any = boto3.client
    return untyped(service, region_name="eu-west-1")


def test_a_rule_of_the_bus_picks_incidents_by_their_detail() -> None:
    events, sqs = client("events"), client("sqs")
    bus = events.create_event_bus(Name="incidents")["EventBusArn"]
    queue = sqs.create_queue(QueueName="received")["QueueUrl"]
    pattern = {
        "source": ["streamwarden.streamwarden"],
        "detail": {"incident": {"severity": ["high"], "status": ["opened"]}},
    }
    events.put_rule(Name="opened", EventBusName="incidents", EventPattern=json.dumps(pattern))
    target = {"Id": "one", "Arn": f"arn:aws:sqs:eu-west-1:{ACCOUNT}:received"}
    events.put_targets(Rule="opened", EventBusName="incidents", Targets=[target])
    resolved = incident(2, status=NotificationStatus.RESOLVED)

    destination_on(events, "eventbridge", bus).deliver(message(incident(1), resolved))

    received = sqs.receive_message(QueueUrl=queue, MaxNumberOfMessages=10)["Messages"]
    (event,) = (json.loads(each["Body"]) for each in received)
    assert event["detail-type"] == "Streamwarden Incident"
    assert event["detail"]["incident"]["key"].endswith("/1")


def test_security_hub_has_one_finding_for_what_is_told_of_an_incident() -> None:
    hub = client("securityhub")
    destination = destination_on(hub, "security_hub")

    destination.deliver(message(notification()))
    destination.deliver(message(notification(id="n-2", status=NotificationStatus.ESCALATED)))

    (finding,) = hub.get_findings()["Findings"]
    assert finding["ProductFields"]["streamwarden/status"] == "escalated"
    assert finding["RecordState"] == "ACTIVE"
