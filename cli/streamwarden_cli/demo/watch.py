"""Reads what happens from the running stack: function logs, IVS calls and notifications."""

import json
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

from streamwarden.domain.arn import ResourceType, noun_of, resource_type_of
from streamwarden_cli.demo.stack import DeployedStack, now

_WRITES = ("StopStream", "TagResource", "DeleteStreamKey", "CreateStreamKey")


@dataclass(frozen=True, order=True)
class Line:
    """One thing that happened: when (HH:MM:SS.mmm), a word for it, the channel, and what."""

    at: str
    word: str
    channel: str
    text: str


@dataclass
class Watch:
    """What was already reported, so that every look brings only news."""

    stack: DeployedStack
    queue_url: str
    names: dict[str, str] = field(default_factory=dict)
    notifications: list[dict[str, Any]] = field(default_factory=list)
    _reported: set[tuple[str, ...]] = field(default_factory=set)
    _next_call: int = 0

    def look(self) -> list[Line]:
        """What happened since the last look, in order."""
        self._read_names()
        return sorted([*self._logged(), *self._called(), *self._notified()])

    def name_of(self, arn: str) -> str:
        """The name of a channel, or of the channel of a stream key; of others, what they are."""
        if arn not in self.names:
            self._read_names()
        return self.names.get(arn) or _describe_resource(arn)

    def _read_names(self) -> None:
        for channel in self.stack.control.state():
            owned = [channel["arn"], *channel["streamKeyArns"]]
            self.names |= dict.fromkeys(owned, channel["name"])

    def _logged(self) -> Iterator[Line]:
        """In order of time: when two functions log the same, the first one is reported."""
        logs = self.stack.client("logs")
        messages = [
            event["message"]
            for group in logs.describe_log_groups()["logGroups"]
            for event in logs.filter_log_events(logGroupName=group["logGroupName"])["events"]
        ]
        entries = [json.loads(each) for each in messages if each.startswith('{"level"')]
        for each in sorted(entries, key=lambda each: str(each["timestamp"])):
            if "resource_arn" in each:
                yield from self._log_line(each)

    def _log_line(self, entry: dict[str, Any]) -> Iterator[Line]:
        news = _news_of(entry)
        if news is None:
            return
        key = (entry["resource_arn"], *news)
        if key not in self._reported:
            self._reported.add(key)
            at = entry["timestamp"][11:23].replace(",", ".")
            yield Line(at, news[0], self.name_of(entry["resource_arn"]), _text(entry))

    def _called(self) -> Iterator[Line]:
        calls, self._next_call = self.stack.control.calls(self._next_call)
        for call in calls:
            if call["operation"] in _WRITES and "assumed-role/" in call["caller_arn"]:
                session = call["caller_arn"].rpartition("/")[2]
                function = session.removeprefix("streamwarden-").partition("-")[0]
                text = f"{call['operation']} → {call['outcome']}  (by {function})"
                channel = self.name_of(_subject(call["params"]))
                yield Line(call["at"][11:23], "ivs call", channel, text)

    def _notified(self) -> Iterator[Line]:
        sqs = self.stack.client("sqs")
        for message in sqs.receive_message(QueueUrl=self.queue_url, MaxNumberOfMessages=10).get(
            "Messages", []
        ):
            notification = json.loads(message["Body"])
            sqs.delete_message(QueueUrl=self.queue_url, ReceiptHandle=message["ReceiptHandle"])
            self.notifications.append(notification)
            first = notification["Message"].partition("\n")[0]
            channel, _, news = notification["Subject"].partition("] ")[2].partition(": ")
            yield Line(
                f"{now():%H:%M:%S.999}", "notified", self.name_of(channel), f"{news}: {first}"
            )


def listening(stack: DeployedStack) -> Watch:
    """Subscribe to the stack's topic, as an operator's inbox would."""
    sqs, sns = stack.client("sqs"), stack.client("sns")
    url = sqs.create_queue(QueueName="demo-inbox")["QueueUrl"]
    attributes = sqs.get_queue_attributes(QueueUrl=url, AttributeNames=["QueueArn"])["Attributes"]
    statement = {
        "Effect": "Allow",
        "Principal": {"Service": "sns.amazonaws.com"},
        "Action": "sqs:SendMessage",
        "Resource": attributes["QueueArn"],
    }
    policy = json.dumps({"Version": "2012-10-17", "Statement": [statement]})
    sqs.set_queue_attributes(QueueUrl=url, Attributes={"Policy": policy})
    sns.subscribe(TopicArn=stack.outputs.topic_arn, Protocol="sqs", Endpoint=attributes["QueueArn"])
    return Watch(stack, url)


def _news_of(entry: dict[str, Any]) -> tuple[str, ...] | None:
    """A word for a log line and what makes it the same news as another; None for no news."""
    match entry:
        case {"message": "verdict", "verdict": "breach", "rule": rule}:
            return ("breach", rule)
        case {"message": "verdict", "verdict": "pending", "kind": "max_duration", "rule": rule}:
            return ("pending", rule)
        case {"message": "action requested", "rule": rule, "action": action}:
            return ("decided", rule, action, entry.get("stream_id") or "")
        case {"message": "decided", "resolved": [*resolved]} if resolved:
            return ("resolved", *resolved)
        case {"message": "rotation", "rule": rule, "outcome": outcome}:
            return ("rotated", rule, outcome)
        case _:
            return None


def _text(entry: dict[str, Any]) -> str:
    match entry:
        case {"message": "verdict", "verdict": "pending"}:
            again = str(entry.get("recheck_at", ""))[11:19]
            return f"{entry['rule']}: {entry['reason']}; looks again at {again}"
        case {"message": "verdict"}:
            return f"{entry['rule']}: {entry['reason']}"
        case {"message": "action requested"}:
            return f"{entry['action']}, because of {entry['rule']}"
        case {"message": "rotation"}:
            return f"{entry['outcome']}: {entry['outcome_reason']}"
        case _:
            return ", ".join(each.partition("/")[0] for each in entry["resolved"])


def _describe_resource(arn: str) -> str:
    match resource_type_of(arn):
        case None | ResourceType.CHANNEL:
            return arn.rpartition("/")[2]
        case ResourceType.ACCOUNT:
            return "the account"
        case _:
            return f"a {noun_of(arn)}"


def _subject(params: dict[str, Any]) -> str:
    return str(params.get("channelArn") or params.get("resourceArn") or params.get("arn") or "")
