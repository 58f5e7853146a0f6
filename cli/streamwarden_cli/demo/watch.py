"""Reads what happens from the running stack: encoders, logs, IVS calls and notifications.

Each source has a clock of the same machine, so that by its own time each line stands behind its
cause. IVS says in whole seconds when a stream began, which is never later than it was.
"""

import json
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Final

from streamwarden_cli.demo.stack import DeployedStack, now
from streamwarden_cli.local.notifications import TopicInbox, TopicNotification, inbox_of_topic

_WRITES: Final = frozenset(
    {
        "CreateStreamKey",
        "DeleteStreamKey",
        "PutMetadata",
        "StopStream",
        "TagResource",
        "UpdateChannel",
    }
)
ACCOUNT: Final = "the account"


@dataclass(frozen=True, order=True)
class Line:
    """One thing that happened: when, a word for it, the channel's name, and what."""

    at: datetime
    word: str
    channel: str
    text: str


@dataclass
class Watch:
    """Everything that has happened. Each look adds what is new."""

    stack: DeployedStack
    inbox: TopicInbox
    lines: set[Line] = field(default_factory=set)
    received: list[TopicNotification] = field(default_factory=list)
    _names: dict[str, str] = field(default_factory=dict)
    _breaches: set[tuple[str, str]] = field(default_factory=set)
    _next_call: int = 0

    def look(self) -> None:
        self._read_names()
        for source in (self._logged, self._called, self._notified):
            self.lines.update(source())

    def note(self, word: str, arn: str, text: str) -> None:
        """What the demo itself did to a channel."""
        self._read_names()
        self.lines.add(Line(now(), word, self._name_of(arn), text))

    def note_streams(self, arn: str) -> None:
        """When the streams of a channel began, as IVS remembers it."""
        sessions = self.stack.client("ivs").list_stream_sessions(channelArn=arn)["streamSessions"]
        name = self._name_of(arn)
        for number, each in enumerate(sorted(each["startTime"] for each in sessions), 1):
            again = f", stream {number}" if len(sessions) > 1 else ""
            self.lines.add(Line(each, "encoder", name, f"on the air{again}"))

    def of(self, *channels: str) -> list[Line]:
        """What happened on channels of these names, causes before effects."""
        return sorted(each for each in self.lines if each.channel in channels)

    def of_breakers(self) -> list[Line]:
        """What people were told of breakers. Deployments, too, are about the account."""
        return [each for each in self.of(ACCOUNT) if each.text.startswith("the breaker of ")]

    def saw(self, channel: str, word: str, beginning: str) -> bool:
        return any(
            each.word == word and each.text.startswith(beginning) for each in self.of(channel)
        )

    def _read_names(self) -> None:
        for channel in self.stack.control.state():
            owned = [channel["arn"], *channel["streamKeyArns"]]
            self._names |= dict.fromkeys(owned, channel["name"])

    def _name_of(self, arn: str) -> str:
        return self._names.get(arn, arn)

    def _logged(self) -> Iterator[Line]:
        """In order of time: when two functions log the same, the first one is reported."""
        logs = self.stack.client("logs")
        events = [
            event
            for group in logs.describe_log_groups()["logGroups"]
            for event in logs.filter_log_events(logGroupName=group["logGroupName"])["events"]
            if event["message"].startswith('{"level"')
        ]
        for event in sorted(events, key=lambda event: int(event["timestamp"])):
            yield from self._log_line(json.loads(event["message"]))

    def _log_line(self, entry: dict[str, Any]) -> Iterator[Line]:
        name = self._name_of(entry.get("resource_arn", ""))
        at = datetime.strptime(entry["timestamp"], "%Y-%m-%d %H:%M:%S,%f%z")
        match entry:
            case {"message": "verdict", "verdict": "breach", "rule": rule, "reason": reason}:
                if (name, rule) not in self._breaches:
                    self._breaches.add((name, rule))
                    yield Line(at, "breach", name, f"{rule}: {reason}")
            case {"message": "action finished", "outcome": "held", "action": action}:
                yield Line(at, "held", name, f"{action}: {entry['outcome_reason']}")
            case _:
                pass

    def _called(self) -> Iterator[Line]:
        calls, self._next_call = self.stack.control.calls(self._next_call)
        for call in calls:
            if call["operation"] in _WRITES and "assumed-role/" in call["caller_arn"]:
                name = self._name_of(_subject(call["params"]))
                at = datetime.fromisoformat(call["at"])
                yield Line(at, "ivs call", name, f"{call['operation']} → {call['outcome']}")

    def _notified(self) -> Iterator[Line]:
        for received in self.inbox.take():
            self.received.append(received)
            yield self._notification(received)

    def _notification(self, received: TopicNotification) -> Line:
        _, _, subject = received.subject.partition("] ")
        name, _, title = subject.partition(": ")
        if received.text.startswith("account: "):  # no resource stands before it
            return Line(received.at, "notified", ACCOUNT, title)
        named = (each for arn, each in self._names.items() if f"({arn})" in received.text)
        channel = next(named, name)
        return Line(received.at, "notified", channel, f"{title}: {_news_of(received.text)}")


def listening(stack: DeployedStack) -> Watch:
    """Subscribe to the stack's topic, as an operator's inbox would."""
    sqs, sns = stack.client("sqs"), stack.client("sns")
    return Watch(stack, inbox_of_topic(sqs, sns, stack.outputs.topic_arn, "demo-inbox"))


def _news_of(text: str) -> str:
    """Without the reason of a breach, which a line of its own says, unless that is all."""
    # Where and since when; the status and the rule; then what is said.
    said, _, _ = text.split("\n\n")[2].partition("\n")
    reason, _, news = said.partition(". ")
    return (news or reason).removeprefix("Then, ")


def _subject(params: dict[str, Any]) -> str:
    return str(params.get("channelArn") or params.get("resourceArn") or params.get("arn") or "")
