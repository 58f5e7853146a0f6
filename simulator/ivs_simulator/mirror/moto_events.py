"""Delivers events to moto's EventBridge: the rules of the default bus, and their targets.

The public way, PutEvents, does not take an event's id, account and time, and moto passes on
what it is given in a shape of its own. So this module reads moto's rules and sends what matches
to their targets through moto's ordinary API, as EventBridge would. What it needs of the inside of
moto's EventBridge: `events_backends`, `event_buses`, a bus's `rules`; of a rule `state`, `targets`,
`event_pattern` and, for what only moto can reach, `send_to_targets`; and `EventTemplateParser`.
What accounts need of moto's inside is in `moto_accounts`.
"""

import copy
import json
import logging
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final, cast
from uuid import uuid4

from ivs_simulator.mirror.moto_accounts import MotoClients, is_mocking
from ivs_simulator.wire.timestamps import parse_time

if TYPE_CHECKING:
    from moto.events.models import Rule
    from moto.events.utils import EventMessageType

type Event = Mapping[str, Any]
type Target = Mapping[str, Any]

_logger = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class MotoEventBus:
    """The default event bus of every account and region that moto simulates."""

    clients: MotoClients

    def deliver(self, event: Event) -> None:
        """To the targets of every rule that matches, while `mock_aws` is active.

        A target that takes nothing is logged: no call of IVS fails because of it.
        """
        if not is_mocking():
            return
        for rule in _matching_rules(event):
            for target in list(rule.targets):
                self._send(rule, target, event)

    def _send(self, rule: "Rule", target: Target, event: Event) -> None:
        service = target["Arn"].split(":")[2]
        try:
            if service == "events":
                _leave_to_moto(rule, target, event)
            elif service in _SENDERS:
                _SENDERS[service](self._client_for(target), target, event)
            else:
                _logger.warning("rule %s: moto has no target like %s", rule.name, target["Arn"])
        except Exception as error:  # noqa: BLE001 - a rule's mistake must not fail a call of IVS
            _logger.warning("rule %s: %s got nothing: %r", rule.name, target["Arn"], error)

    def _client_for(self, target: Target) -> Any:
        _, _, service, region, account, _ = target["Arn"].split(":", maxsplit=5)
        return self.clients.client(service, account, region)


def _matching_rules(event: Event) -> "list[Rule]":
    from moto.events.models import events_backends

    bus = events_backends[event["account"]][event["region"]].event_buses["default"]
    return [rule for rule in bus.rules.values() if _matches(rule, event)]


def _matches(rule: "Rule", event: Event) -> bool:
    # moto lets a rule without a pattern, a schedule, match everything.
    pattern = rule.event_pattern
    if rule.state == "DISABLED" or not pattern.get_pattern():
        return False
    return pattern.matches_event(cast("EventMessageType", event))


def _text(target: Target, event: Event) -> str:
    """What the target gets: the event as it is, unless the target says otherwise."""
    match target:
        case {"Input": str(constant)}:
            return constant
        case {"InputPath": str(path)}:
            return json.dumps(_part(event, path))
        case {"InputTransformer": transformer}:
            return json.dumps(_transformed(transformer, event))
        case _:
            return json.dumps(event)


def _part(event: Event, path: str) -> Any:
    """What is at a path like `$.detail`; null where there is nothing: AWS does not say."""
    found: Any = event
    for name in path.removeprefix("$").split(".")[1:]:
        found = found.get(name) if isinstance(found, Mapping) else None
    return found


def _transformed(transformer: Mapping[str, Any], event: Event) -> Any:
    from moto.events.utils import EventTemplateParser

    received = cast("EventMessageType", {**event, "ingestion-time": event["time"]})
    paths = transformer.get("InputPathsMap", {})
    return EventTemplateParser.parse(transformer["InputTemplate"], paths, received)


def _leave_to_moto(rule: "Rule", target: Target, event: Event) -> None:
    """Other buses, archives and API destinations, in moto's own way: times are numbers there."""
    at = parse_time(event["time"]).timestamp()
    only = copy.copy(rule)
    only.targets = [dict(target)]
    only.send_to_targets(cast("EventMessageType", {**event, "time": at, "ingestion-time": at}))


def _to_queue(sqs: Any, target: Target, event: Event) -> None:
    name = target["Arn"].rpartition(":")[2]
    url = sqs.get_queue_url(QueueName=name)["QueueUrl"]
    group = target.get("SqsParameters", {}).get("MessageGroupId")
    in_group = {"MessageGroupId": group} if group else {}
    sqs.send_message(QueueUrl=url, MessageBody=_text(target, event), **in_group)


def _to_function(functions: Any, target: Target, event: Event) -> None:
    payload = _text(target, event).encode()
    functions.invoke(FunctionName=target["Arn"], InvocationType="Event", Payload=payload)


def _to_topic(sns: Any, target: Target, event: Event) -> None:
    sns.publish(TopicArn=target["Arn"], Message=_text(target, event))


def _to_log_group(logs: Any, target: Target, event: Event) -> None:
    group, stream = target["Arn"].split(":")[6], str(uuid4())
    milliseconds = int(parse_time(event["time"]).timestamp() * 1000)
    entry = {"timestamp": milliseconds, "message": _text(target, event)}
    logs.create_log_stream(logGroupName=group, logStreamName=stream)
    logs.put_log_events(logGroupName=group, logStreamName=stream, logEvents=[entry])


_SENDERS: Final[Mapping[str, Callable[[Any, Target, Event], None]]] = {
    "sqs": _to_queue,
    "lambda": _to_function,
    "sns": _to_topic,
    "logs": _to_log_group,
}
