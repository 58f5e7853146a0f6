"""Brings a sample event to a deployed stack, the way EventBridge would.

PutEvents refuses events that claim to come from AWS. But EventBridge says which rule an event
matches, and any sender to the rule's queue can do the rest. Only rules that feed the given
inboxes are asked, so on an account with other rules nothing else receives the event.
"""

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from types_boto3_events import EventBridgeClient
    from types_boto3_sqs import SQSClient


@dataclass(frozen=True)
class Route:
    """A rule and the inbox it feeds."""

    rule: str
    pattern: str
    inbox_url: str


@dataclass(frozen=True)
class Delivery:
    """One copy of the event, as sent."""

    rule: str
    inbox_url: str
    message_id: str


def routes(
    inbox_urls: Iterable[str],
    buses: Sequence[str],
    *,
    events: "EventBridgeClient",
    sqs: "SQSClient",
) -> tuple[Route, ...]:
    """Ask EventBridge which rules of these event buses feed these inboxes."""
    return tuple(
        Route(rule, events.describe_rule(Name=rule, EventBusName=bus)["EventPattern"], url)
        for url in inbox_urls
        for bus in buses
        for rule in _rules_feeding(_queue_arn(url, sqs), bus, events)
    )


def deliver(
    event: Mapping[str, object],
    to: Iterable[Route],
    *,
    events: "EventBridgeClient",
    sqs: "SQSClient",
) -> tuple[Delivery, ...]:
    """Send the event along every route whose rule matches it; no delivery means no rule did."""
    body = json.dumps(event)
    return tuple(
        Delivery(route.rule, route.inbox_url, _send(body, route.inbox_url, sqs))
        for route in to
        if events.test_event_pattern(EventPattern=route.pattern, Event=body)["Result"]
    )


def _rules_feeding(queue_arn: str, bus: str, events: "EventBridgeClient") -> list[str]:
    names: list[str] = []
    page = events.list_rule_names_by_target(TargetArn=queue_arn, EventBusName=bus)
    names.extend(page["RuleNames"])
    while token := page.get("NextToken"):
        page = events.list_rule_names_by_target(
            TargetArn=queue_arn, EventBusName=bus, NextToken=token
        )
        names.extend(page["RuleNames"])
    return names


def _queue_arn(url: str, sqs: "SQSClient") -> str:
    answer = sqs.get_queue_attributes(QueueUrl=url, AttributeNames=["QueueArn"])
    return answer["Attributes"]["QueueArn"]


def _send(body: str, inbox_url: str, sqs: "SQSClient") -> str:
    return sqs.send_message(QueueUrl=inbox_url, MessageBody=body)["MessageId"]
