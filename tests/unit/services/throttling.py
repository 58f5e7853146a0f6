"""An action queue and an IVS that throttles, for invocations of enforce in virtual time."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any, Final

import msgspec

from ivs_simulator.runtime.rate_limits import RateLimits
from ivs_simulator.wire.errors import IvsError
from streamwarden.adapters.rate_limit import RateLimit
from streamwarden.adapters.sqs import Message, Postponed
from streamwarden.bootstrap.enforcer import CALLS_A_SECOND, CALLS_AT_ONCE
from streamwarden.domain.actions.base.calls import Call, ListedKey, LiveStream, SeenChannel
from streamwarden.domain.verdicts import Action
from streamwarden.services.errors import TemporaryError
from testbed.builders import ACCOUNT, REGION
from tests.unit.services.braked_stack import Ivs
from tests.unit.services.fakes import Time

# As template.yaml sets it.
BATCH: Final = 2


@dataclass
class Throttling:
    """The IVS of all invocations: it takes so many calls of an operation a second."""

    ivs: Ivs
    limits: RateLimits = field(default_factory=RateLimits)
    throttled: int = 0

    def take(self, operation: str, parameters: Mapping[str, Any], at: datetime) -> None:
        try:
            self.limits.take(ACCOUNT, REGION, operation, parameters, at)
        except IvsError as error:
            self.throttled += 1
            raise TemporaryError(f"ivs:{operation}: {error}") from error


@dataclass
class Client:
    """IVS as one invocation calls it, at its pace. Each call takes some time."""

    account: Throttling
    time: Time
    one_call: timedelta

    def __post_init__(self) -> None:
        began = self.time.now
        self._rate_limit = RateLimit(
            1 / CALLS_A_SECOND,
            lambda: (self.time.now - began).total_seconds(),
            lambda seconds: self.time.later(seconds=seconds),
            CALLS_AT_ONCE,
        )

    def live_stream(self, channel_arn: str) -> LiveStream | None:
        self._ask("GetStream")
        return self.account.ivs.live_stream(channel_arn)

    def tags(self, resource_arn: str) -> Mapping[str, str]:
        self._ask("ListTagsForResource")
        return self.account.ivs.tags(resource_arn)

    def make(self, call: Call) -> str:
        self._ask(call.operation, call.parameters)
        return self.account.ivs.make(call)

    def find(self, channel_arn: str) -> ListedKey | None:
        raise AssertionError("no action looks for a key here")

    def channel(self, channel_arn: str) -> SeenChannel | None:
        raise AssertionError("no action looks at the settings here")

    def _ask(self, operation: str, parameters: Mapping[str, Any] | None = None) -> None:
        self._rate_limit.before_send(event_name=f"before-send.ivs.{operation}")
        self.time.now += self.one_call
        self.account.take(operation, parameters or {}, self.time.now)


@dataclass
class Queued:
    """A message of the queue, the time from which SQS shows it, and how often it has."""

    id: str
    body: str
    sent_at: datetime
    visible_at: datetime
    receives: int = 0

    def record(self) -> dict[str, Any]:
        attributes = {
            "SentTimestamp": str(int(self.sent_at.timestamp() * 1000)),
            "ApproximateReceiveCount": str(self.receives),
            "MessageGroupId": self.id,
        }
        return {
            "messageId": self.id,
            "receiptHandle": self.id,
            "body": self.body,
            "attributes": attributes,
        }


@dataclass
class ActionQueue:
    """The action queue: each message is a group of its own."""

    messages: dict[str, Queued] = field(default_factory=dict)
    dead: list[str] = field(default_factory=list)
    sent: int = 0
    time: Time = field(default_factory=Time)  # of the invocation that is at work

    def send(self, action: Action, at: datetime) -> None:
        self.sent += 1
        message = Queued(str(self.sent), msgspec.json.encode(action).decode(), at, at)
        self.messages[message.id] = message

    def next_at(self) -> datetime:
        return min(each.visible_at for each in self.messages.values())

    def receive(self, now: datetime) -> list[Queued]:
        shown = [each for each in self.messages.values() if each.visible_at <= now][:BATCH]
        for each in shown:
            each.receives += 1
        return shown

    def postpone(self, kept: list[Postponed]) -> None:
        for each in kept:
            self.messages[each.message.id].visible_at = self.time.now + each.wait

    def dead_letter(self, message: Message, reason: str) -> None:
        self.dead.append(reason)
