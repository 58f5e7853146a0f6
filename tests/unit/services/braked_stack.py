"""Observers, one enforcer and many channels on memory, for brakes that hold some of them."""

from collections import Counter, deque
from collections.abc import Mapping
from copy import replace
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from streamwarden.adapters.memory import (
    MemoryActionLookup,
    MemoryBreakers,
    MemoryControls,
    MemoryFleetIndex,
    MemoryInbox,
)
from streamwarden.domain.actions.base.calls import Call, ListedKey, LiveStream
from streamwarden.domain.commands import AnyCommand
from streamwarden.domain.inputs import Health, Input, Recheck, parse_input
from streamwarden.domain.levels import Mode
from streamwarden.domain.state.controls import Sender
from streamwarden.domain.state.resource import OutcomeStatus
from streamwarden.domain.verdicts import Action
from streamwarden.services.controls import Rechecks, RememberedControls
from testbed.builders import (
    ACCOUNT,
    CHANNEL,
    REGION,
    STOP,
    WHOLE_ACCOUNT,
    compiled_rule,
    listed,
    policy_of,
    raw_event,
    stream_listed,
)
from tests.unit.services.fakes import Harness, Time, enforcer_on

AUTHOR = Sender(id="AIDAEXAMPLE")
RULE = "insecure-ingest"
POLICY = policy_of(compiled_rule("insecure_ingest", {}, STOP))


def channel(number: int) -> str:
    return f"{CHANNEL}{number:04}"


@dataclass
class Ivs:
    """Many channels, each with a stream until it is stopped."""

    live: set[str]
    tags_of: dict[str, dict[str, str]] = field(default_factory=dict)
    stopped: Counter[str] = field(default_factory=Counter)

    def live_stream(self, channel_arn: str) -> LiveStream | None:
        if channel_arn not in self.live:
            return None
        return LiveStream(
            channel_arn=channel_arn,
            stream_id=stream_of(channel_arn),
            health=Health.HEALTHY,
            start_time=Time().now,
        )

    def tags(self, resource_arn: str) -> Mapping[str, str]:
        return self.tags_of.get(resource_arn, {})

    def make(self, call: Call) -> str:
        arn = call.parameters["channelArn"]
        self.live.discard(arn)
        self.stopped[arn] += 1
        return ""

    def find(self, channel_arn: str) -> ListedKey | None:
        raise AssertionError("no action looks for a key here")


def stream_of(channel_arn: str) -> str:
    return f"st-{channel_arn[-4:]}"


class Stack:
    """Observers, one enforcer and its queue, all on memory."""

    def __init__(self, channels: int) -> None:
        self.harness = Harness(POLICY)
        self.inbox = MemoryInbox()
        self.queue: deque[Action] = deque()
        self.ivs = Ivs({channel(number) for number in range(channels)})
        self.outcomes: list[OutcomeStatus] = []
        self.enforcer = enforcer_on(
            self.ivs, self.harness.store, self.inbox, self.harness.time, max_mode=Mode.ENFORCE
        )
        self.rechecks = Rechecks(
            index_of=lambda place: MemoryFleetIndex(self.harness.store, ACCOUNT, REGION),
            inbox=self.inbox,
            clock=self.harness.time,
        )
        self.remembered = RememberedControls(MemoryControls(self.harness.store), self.harness.time)

    def breakers(self, breakers: MemoryBreakers) -> None:
        """Count by these."""
        lookup = MemoryActionLookup(self.harness.store, breakers)
        self.enforcer = replace(self.enforcer, lookup=lookup, breakers=breakers)

    def go_live(self) -> None:
        now = self.harness.time.now
        for arn in sorted(self.ivs.live):
            settings = listed(arn, now, insecureIngest=True)
            self.observe(arn, settings, stream_on(arn, now))

    def observe(self, arn: str, *inputs: Input) -> None:
        observer = self.harness.observer(rechecks=self.rechecks, controls=self.remembered)
        observer.observe(arn, inputs)
        self.queue += self.harness.outbox.actions
        self.harness.outbox.actions.clear()

    def order(self, kind: type[AnyCommand], arn: str = WHOLE_ACCOUNT, **more: Any) -> None:
        said = {"resource_arn": arn, "author": AUTHOR, "reason": "a test", **more}
        self.observe(arn, kind(time=self.harness.time.now, **said))

    def settle(self) -> None:
        while self.queue or self.inbox.inputs:
            while self.queue:
                action = self.queue.popleft()
                status = self.enforcer.carry_out(action).status
                self.outcomes.append(status)
                if status is OutcomeStatus.DONE:
                    self.observe(action.resource_arn, stream_over(action, self.harness.time.now))
            while self.inbox.inputs:
                given = self.inbox.inputs.popleft()
                self.observe(given.resource_arn, given)

    def later(self, **span: float) -> None:
        """Time passes, and the timers that are due by then fire."""
        self.harness.time.later(**span)
        while arn := self.harness.timers.take_due(self.harness.time.now):
            self.observe(arn, Recheck(resource_arn=arn, time=self.harness.time.now))
        self.settle()


def stream_over(action: Action, now: datetime) -> Input:
    ended = {"event_name": "Stream End", "channel_name": "", "stream_id": action.stream_id}
    arn = action.resource_arn
    return parse_input(raw_event("IVS Stream State Change", now, ended, resources=(arn,)))


def stream_on(arn: str, now: datetime) -> Input:
    return replace(stream_listed(now, stream_of(arn)), resource_arn=arn)
